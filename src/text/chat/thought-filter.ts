import type { ChatPart } from './chat-port.js';

const OPEN = '<think>';
const CLOSE = '</think>';

/** Letters at the end of a text that may be the beginning of a mark. */
function begunMark(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}

/**
 * Tells thinking apart from what is said, where a model writes it into its answer between `<think>` and
 * `</think>` and the endpoint leaves it there. Marks may be cut anywhere. Only what an answer begins with is
 * thinking: further on the mark may be what is spoken about.
 */
export class ThoughtFilter {
  private state: 'beginning' | 'thinking' | 'between' | 'saying' = 'beginning';
  private held = '';

  *pass(part: ChatPart): Generator<ChatPart, void> {
    if (part.type !== 'content' || this.state === 'saying') yield part;
    else yield* this.read(part.text);
  }

  /** What was held back because it might have become a mark. */
  *end(): Generator<ChatPart, void> {
    if (this.held === '') return;
    yield { type: this.state === 'thinking' ? 'thinking' : 'content', text: this.held };
    this.held = '';
  }

  private *read(text: string): Generator<ChatPart, void> {
    this.held += text;
    if (this.state === 'beginning') {
      const begun = this.held.trimStart();
      if (begun.startsWith(OPEN)) {
        this.state = 'thinking';
        this.held = begun.slice(OPEN.length);
      } else if (OPEN.startsWith(begun)) return;
      else this.state = 'saying';
    }
    if (this.state === 'thinking') yield* this.think();
    if (this.state === 'between') {
      this.held = this.held.trimStart();
      if (this.held !== '') this.state = 'saying';
    }
    if (this.state === 'saying') yield* this.end();
  }

  private *think(): Generator<ChatPart, void> {
    const close = this.held.indexOf(CLOSE);
    const isOver = close >= 0;
    const until = isOver ? close : this.held.length - begunMark(this.held, CLOSE);
    const thought = this.held.slice(0, until);
    if (thought !== '') yield { type: 'thinking', text: thought };
    this.held = this.held.slice(isOver ? close + CLOSE.length : until);
    if (isOver) this.state = 'between';
  }
}
