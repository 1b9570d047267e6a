import { describe, expect, it } from 'vitest';
import { MaskBoard, type MaskSurface } from './mask-board.js';

/** Writes down what is drawn on it. */
function surface(): MaskSurface<never> & { calls: string[] } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void => {
      calls.push([name, ...args.filter((one) => typeof one === 'number')].join(' '));
    };
  return {
    calls,
    globalCompositeOperation: 'source-over',
    lineWidth: 1,
    lineCap: 'butt',
    lineJoin: 'miter',
    beginPath: note('begin'),
    moveTo: note('move'),
    lineTo: note('line'),
    stroke(): void {
      calls.push(`stroke ${this.globalCompositeOperation} ${this.lineWidth}`);
    },
    fillRect(): void {
      calls.push(`fill ${this.globalCompositeOperation}`);
    },
    clearRect: note('clear'),
    drawImage: note('draw'),
  };
}

function stroke(erase = false) {
  return { type: 'stroke', points: [{ x: 5, y: 5 }], size: 4, erase } as const;
}

describe('MaskBoard', () => {
  it('draws a dot where a brush is set down, and goes on from there', () => {
    const drawn = surface();
    const board = new MaskBoard(drawn, 10, 10);
    board.do({ ...stroke(), points: [{ x: 5, y: 5 }] });
    expect(drawn.calls).toEqual(['begin', 'move 5 5', 'line 5.01 5', 'stroke source-over 4']);
    drawn.calls.length = 0;
    board.extend({ x: 8, y: 5 });
    expect(drawn.calls.slice(0, 3)).toEqual(['begin', 'move 5 5', 'line 5.01 5']);
    expect(drawn.calls[3]).toBe('line 8 5');
  });

  it('takes away what is erased', () => {
    const drawn = surface();
    new MaskBoard(drawn, 10, 10).do({ ...stroke(true), points: [{ x: 5, y: 5 }] });
    expect(drawn.calls.at(-1)).toBe('stroke destination-out 4');
  });

  it('turns inside out by drawing over all of it', () => {
    const drawn = surface();
    new MaskBoard(drawn, 10, 10).do({ type: 'invert' });
    expect(drawn.calls).toEqual(['fill xor']);
  });

  it('takes back the last step by doing the others again', () => {
    const drawn = surface();
    const board = new MaskBoard(drawn, 10, 10);
    board.do({ type: 'all' });
    board.do({ type: 'invert' });
    drawn.calls.length = 0;
    board.undo();
    expect(drawn.calls).toEqual(['clear 0 0 10 10', 'fill source-over']);
    board.undo();
    expect(board.isUntouched).toBe(true);
  });
});
