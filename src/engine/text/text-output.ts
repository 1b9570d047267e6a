/** What came out of a token: text that is certain, and whether the answer ended at a stop text. */
export interface OutputStep {
  text: string;
  stopText: string | null;
}

/** How much of the end of a text is the beginning of a stop text, in UTF-16 units. */
function heldBack(text: string, stop: readonly string[]): number {
  let held = 0;
  for (const one of stop) {
    for (let length = Math.min(one.length - 1, text.length); length > held; length -= 1) {
      if (text.endsWith(one.slice(0, length))) held = length;
    }
  }
  return held;
}

/**
 * Turns pieces of an answer into what may be sent: nothing of a stop text and nothing that may yet become one.
 * Stop texts are few and short, and a step looks only at what was held back and what came in.
 */
export class TextOutput {
  private held = '';

  constructor(private readonly stop: readonly string[]) {}

  add(piece: string): OutputStep {
    this.held += piece;
    const found = this.stop
      .map((stopText) => ({ stopText, at: this.held.indexOf(stopText) }))
      .filter(({ at }) => at >= 0)
      .toSorted((one, other) => one.at - other.at)[0];
    if (found) {
      const text = this.held.slice(0, found.at);
      this.held = '';
      return { text, stopText: found.stopText };
    }
    const sure = this.held.length - heldBack(this.held, this.stop);
    const text = this.held.slice(0, sure);
    this.held = this.held.slice(sure);
    return { text, stopText: null };
  }

  /** What is left when the answer ends by itself. */
  end(): string {
    const { held } = this;
    this.held = '';
    return held;
  }
}
