import type { ToolCall } from '../chat/chat-port.js';
import { callsIn } from './calls-in-text.js';

const FENCE = '```';

/** Characters that are held back in the hope that they become calls. */
const HELD = 20_000;

/** A picture in Markdown or HTML: it would be fetched unasked from wherever a misled model says. */
const PICTURE = /!(?=\[)|<(?=img)/gi;

/** What may become a fence or a picture with what comes next. */
const BEGUN = /(?:`{1,2}|!|<(?:im?)?)$/i;

/**
 * What the assistant says, without the calls that some models write into it as JSON, in a block with a
 * fence or as all that they say; and with links instead of pictures. Comes in pieces that may be cut
 * anywhere: what may still become something else is held back.
 */
export class SpeechFilter {
  readonly calls: ToolCall[] = [];
  private state: 'beginning' | 'speaking' | 'fence' | 'json' = 'beginning';
  private held = '';

  constructor(private readonly isKnown: (name: string) => boolean) {}

  /** What can be said now. */
  pass(text: string): string {
    this.held += text;
    if (this.state === 'beginning') {
      const begun = this.held.trimStart();
      if (begun === '') return '';
      this.state = begun.startsWith('{') || begun.startsWith('[') ? 'json' : 'speaking';
    }
    if (this.state === 'json') return this.held.length > HELD ? this.release() : '';
    let said = '';
    while (this.state === 'fence' || this.held.includes(FENCE)) {
      const piece = this.state === 'fence' ? this.closeFence() : this.openFence();
      if (piece === undefined) return said;
      said += piece;
    }
    return said + this.speak();
  }

  /** What was held back to the end. */
  end(): string {
    const rest = this.held;
    this.held = '';
    const body = this.state === 'fence' ? withoutFence(rest) : rest.trim();
    if ((this.state === 'fence' || this.state === 'json') && this.take(body)) return '';
    return withoutPictures(rest);
  }

  private openFence(): string {
    const at = this.held.indexOf(FENCE);
    const before = this.held.slice(0, at);
    this.held = this.held.slice(at);
    this.state = 'fence';
    return withoutPictures(before);
  }

  /** Undefined while the block has no end. */
  private closeFence(): string | undefined {
    const close = this.held.indexOf(FENCE, FENCE.length);
    if (close < 0) return this.held.length > HELD ? this.release() : undefined;
    const block = this.held.slice(0, close + FENCE.length);
    this.held = this.held.slice(block.length);
    this.state = 'speaking';
    return this.take(withoutFence(block)) ? '' : block;
  }

  private take(body: string): boolean {
    const calls = callsIn(body, this.isKnown);
    if (calls) this.calls.push(...calls);
    return calls !== undefined;
  }

  private release(): string {
    const said = withoutPictures(this.held);
    this.held = '';
    this.state = 'speaking';
    return said;
  }

  /** All but what may be the beginning of a fence or a picture. */
  private speak(): string {
    const kept = BEGUN.exec(this.held)?.[0].length ?? 0;
    const said = this.held.slice(0, this.held.length - kept);
    this.held = this.held.slice(said.length);
    return withoutPictures(said);
  }
}

function withoutFence(block: string): string {
  return block
    .replace(/^```[^\n{[]*/, '')
    .replace(/`{1,3}\s*$/, '')
    .trim();
}

function withoutPictures(text: string): string {
  return text.replaceAll(PICTURE, (mark) => (mark === '<' ? '&lt;' : ''));
}
