import { describe, expect, it } from 'vitest';
import { TextOutput } from './text-output.js';

function run(stop: string[], pieces: string[]): { texts: string[]; stopText: string | null } {
  const output = new TextOutput(stop);
  const texts: string[] = [];
  for (const piece of pieces) {
    const { text, stopText } = output.add(piece);
    texts.push(text);
    if (stopText !== null) return { texts, stopText };
  }
  texts.push(output.end());
  return { texts, stopText: null };
}

describe('TextOutput', () => {
  it('passes text on at once where nothing can become a stop text', () => {
    expect(run(['END'], ['a', 'b', 'c'])).toEqual({ texts: ['a', 'b', 'c', ''], stopText: null });
  });

  it('holds back the beginning of a stop text until it is certain', () => {
    expect(run(['END'], ['aE', 'N', 'x'])).toEqual({ texts: ['a', '', 'ENx', ''], stopText: null });
  });

  it('ends at a stop text and sends nothing of it', () => {
    expect(run(['END'], ['aE', 'N', 'D and more'])).toEqual({
      texts: ['a', '', ''],
      stopText: 'END',
    });
  });

  it('ends at the earliest of several stop texts', () => {
    expect(run(['yy', 'x'], ['aaxyy'])).toEqual({ texts: ['aa'], stopText: 'x' });
  });

  it('gives what was held back when the answer ends', () => {
    expect(run(['END'], ['aEN'])).toEqual({ texts: ['a', 'EN'], stopText: null });
  });
});
