import { describe, expect, it } from 'vitest';
import { toEvict } from './residency.js';

describe('toEvict', () => {
  it.each([
    { loaded: [], wanted: 'a', room: 1, evicted: [] },
    { loaded: ['a'], wanted: 'a', room: 1, evicted: [] },
    { loaded: ['a'], wanted: 'b', room: 1, evicted: ['a'] },
    { loaded: ['a', 'b'], wanted: 'c', room: 2, evicted: ['a'] },
    { loaded: ['a', 'b', 'c'], wanted: 'd', room: 2, evicted: ['a', 'b'] },
    { loaded: ['a', 'b', 'c'], wanted: 'a', room: 2, evicted: [] },
  ])(
    '$loaded, then $wanted with room for $room gives up $evicted',
    ({ loaded, wanted, room, evicted }) => {
      expect(toEvict(loaded, wanted, room)).toEqual(evicted);
    },
  );
});
