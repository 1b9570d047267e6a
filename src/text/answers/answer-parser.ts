import { randomBytes } from 'node:crypto';
import type { ToolFormat } from '../../engine/index.js';
import { readCalls } from './read-calls.js';

/** A piece of an answer, told apart. */
export type AnswerPart =
  | { type: 'text'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'call'; id: string; name: string; arguments: Record<string, unknown> };

export interface AnswerForm {
  toolFormat: ToolFormat;
  /** Names of the tools that may be called; none: what looks like a call is text. */
  tools: ReadonlySet<string>;
  thinking: { open: string; close: string } | null;
  /** Whether the answer begins in the middle of thinking, because the template opened it. */
  startsThinking: boolean;
}

/** What begins and ends a call; an empty end: the end of the answer. */
const CALL_MARKS: Record<ToolFormat, { open: string; close: string }> = {
  hermes: { open: '<tool_call>', close: '</tool_call>' },
  llama3: { open: '<|python_tag|>', close: '' },
  mistral: { open: '[TOOL_CALLS]', close: '' },
};

/** Characters of a call that are kept before it is taken for text. */
const LONGEST_CALL = 262_144;

/** How much of the end of a text may be the beginning of a mark. */
function beginningOf(mark: string, text: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}

/** Tells text, thinking and calls apart while an answer comes in pieces. */
export class AnswerParser {
  private state: 'text' | 'thinking' | 'call';
  private held = '';
  private readonly marks: { open: string; close: string };

  constructor(private readonly form: AnswerForm) {
    this.state = form.startsThinking ? 'thinking' : 'text';
    this.marks = CALL_MARKS[form.toolFormat];
  }

  add(piece: string): AnswerPart[] {
    this.held += piece;
    const parts: AnswerPart[] = [];
    let before: number;
    do {
      before = this.held.length;
      parts.push(...this.step());
    } while (this.held.length > 0 && this.held.length < before);
    return parts;
  }

  /** What is left when the answer ends. */
  end(): AnswerPart[] {
    const { held, state } = this;
    this.held = '';
    if (state === 'call') return this.callsIn(held, this.marks.open);
    if (held === '') return [];
    if (state === 'thinking') return [{ type: 'thinking', text: held }];
    return this.form.toolFormat === 'llama3'
      ? this.callsIn(held, '')
      : [{ type: 'text', text: held }];
  }

  private step(): AnswerPart[] {
    const { thinking, tools } = this.form;
    switch (this.state) {
      case 'thinking':
        return this.until([{ mark: thinking?.close ?? '</think>', next: 'text' }], 'thinking');
      case 'call':
        return this.readCall();
      case 'text': {
        // A model that calls with plain JSON: nothing is certain before the end.
        if (
          tools.size > 0 &&
          this.form.toolFormat === 'llama3' &&
          /^\s*[{[]/.test(this.held.slice(0, 64)) &&
          this.held.length < LONGEST_CALL
        )
          return [];
        const ends: { mark: string; next: 'thinking' | 'call' }[] = [];
        if (thinking) ends.push({ mark: thinking.open, next: 'thinking' });
        if (tools.size > 0) ends.push({ mark: this.marks.open, next: 'call' });
        return this.until(ends, 'text');
      }
    }
  }

  /** Hands out text up to a mark, or up to what may yet become one. */
  private until(
    ends: ReadonlyArray<{ mark: string; next: 'text' | 'thinking' | 'call' }>,
    type: 'text' | 'thinking',
  ): AnswerPart[] {
    const { held } = this;
    const [found] = ends
      .map((end) => ({ ...end, at: held.indexOf(end.mark) }))
      .filter(({ at }) => at >= 0)
      .toSorted((one, other) => one.at - other.at);
    if (found) {
      this.state = found.next;
      this.held = held.slice(found.at + found.mark.length);
      return partOf(type, held.slice(0, found.at));
    }
    const unsure = Math.max(0, ...ends.map(({ mark }) => beginningOf(mark, held)));
    this.held = held.slice(held.length - unsure);
    return partOf(type, held.slice(0, held.length - unsure));
  }

  private readCall(): AnswerPart[] {
    const { close, open } = this.marks;
    const at = close === '' ? -1 : this.held.indexOf(close);
    if (at < 0 && this.held.length < LONGEST_CALL) return [];
    const inside = at < 0 ? this.held : this.held.slice(0, at);
    this.held = at < 0 ? '' : this.held.slice(at + close.length);
    this.state = 'text';
    return this.callsIn(inside, open);
  }

  /** What cannot be read as calls of the tools there are is text: nothing of an answer is lost. */
  private callsIn(inside: string, open: string): AnswerPart[] {
    const calls = readCalls(inside, this.form.toolFormat);
    if (!calls || calls.length === 0 || calls.some(({ name }) => !this.form.tools.has(name)))
      return partOf('text', `${open}${inside}`);
    return calls.map((call) => ({ type: 'call', id: callId(), ...call }));
  }
}

function partOf(type: 'text' | 'thinking', text: string): AnswerPart[] {
  return text === '' ? [] : [{ type, text }];
}

/** An id as OpenAI's clients expect it; Mistral's templates want exactly nine letters and digits. */
function callId(): string {
  return randomBytes(9).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 9);
}
