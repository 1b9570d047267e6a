import { describe, expect, it } from 'vitest';
import { toEvict } from './eviction.js';

/** `a*` is in use; each takes 10 bytes. */
function loadedOf(names: string): Array<{ key: string; bytes: number; busy: boolean }> {
  return names
    .split(' ')
    .filter(Boolean)
    .map((name) => ({ key: name.replace('*', ''), bytes: 10, busy: name.endsWith('*') }));
}

describe('toEvict', () => {
  it.each([
    { loaded: '', wanted: 'a', count: 1, evict: [] },
    { loaded: 'a', wanted: 'a', count: 1, evict: [] },
    { loaded: 'a', wanted: 'b', count: 1, evict: ['a'] },
    { loaded: 'a b', wanted: 'c', count: 2, evict: ['a'] },
    { loaded: 'a b c', wanted: 'd', count: 2, evict: ['a', 'b'] },
    { loaded: 'a b c', wanted: 'a', count: 2, evict: [] },
    { loaded: 'a* b', wanted: 'c', count: 2, evict: ['b'] },
  ])('$loaded, then $wanted with room for $count gives up $evict', (row) => {
    const room = { count: row.count, bytes: Infinity };
    const plan = toEvict(loadedOf(row.loaded), { key: row.wanted, bytes: 10 }, room);
    expect(plan).toEqual({ evict: row.evict, wait: false });
  });

  it.each([
    { loaded: 'a b', bytes: 30, evict: [] },
    { loaded: 'a b c', bytes: 30, evict: ['a'] },
    { loaded: 'a* b c', bytes: 25, evict: ['b', 'c'] },
    { loaded: 'a* b c', bytes: 15, evict: ['b', 'c'], wait: true },
    { loaded: 'a b', bytes: 5, evict: ['a', 'b'] },
    { loaded: '', bytes: 5, evict: [] },
  ])('$loaded and one more in $bytes bytes gives up $evict', ({ loaded, bytes, evict, wait }) => {
    const plan = toEvict(loadedOf(loaded), { key: 'z', bytes: 10 }, { count: 9, bytes });
    expect(plan).toEqual({ evict, wait: wait ?? false });
  });

  it('waits for what is in use when nothing else makes room', () => {
    const plan = toEvict(loadedOf('a*'), { key: 'b', bytes: 1 }, { count: 1, bytes: Infinity });
    expect(plan).toEqual({ evict: [], wait: true });
  });
});
