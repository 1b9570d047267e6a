import { describe, expect, it } from 'vitest';
import { kindRates, rateSlots, type SlotEnds } from './rate-slots.js';

const END = { kind: 'draw', state: 'completed', begun: true, count: 1, worked: 0 } as const;

describe('rateSlots', () => {
  it('carries what waits and runs from slot to slot', () => {
    const ends: SlotEnds[] = [
      { ...END, slot: 1 },
      { ...END, slot: 2, state: 'failed' },
      { ...END, slot: 2, state: 'cancelled', begun: false },
    ];
    const changes = {
      slots: 4,
      arrivals: [
        { slot: 0, count: 3 },
        { slot: 1, count: 1 },
      ],
      beginnings: [
        { slot: 0, count: 1 },
        { slot: 1, count: 1 },
      ],
      ends,
    };
    expect(rateSlots(changes)).toEqual([
      { completed: 0, failed: 0, cancelled: 0, waiting: 2, running: 1 },
      { completed: 1, failed: 0, cancelled: 0, waiting: 2, running: 1 },
      { completed: 0, failed: 1, cancelled: 1, waiting: 1, running: 0 },
      { completed: 0, failed: 0, cancelled: 0, waiting: 1, running: 0 },
    ]);
  });
});

describe('kindRates', () => {
  it('takes the mean of the completed jobs alone', () => {
    const ends: SlotEnds[] = [
      { ...END, slot: 0, kind: 'write', state: 'failed', worked: 900 },
      { ...END, slot: 0, count: 2, worked: 300 },
      { ...END, slot: 3, count: 1, worked: 600 },
      { ...END, slot: 3, state: 'failed', worked: 5000 },
    ];
    expect(kindRates(ends)).toEqual([
      { kind: 'draw', completed: 3, failed: 1, cancelled: 0, mean: 300 },
      { kind: 'write', completed: 0, failed: 1, cancelled: 0, mean: null },
    ]);
  });
});
