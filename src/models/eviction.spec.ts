import { describe, expect, it } from 'vitest';
import { toEvict, type Loaded, type Wanted } from './eviction.js';

function groupOf(name: string): Wanted['group'] {
  if (name.startsWith('+')) return 'upscalers';
  return name.startsWith('~') ? 'texts' : 'images';
}

/** `a*` is in use, and `+a` upscales, `~a` writes text; each takes 10 bytes. */
function loadedOf(names: string): Loaded[] {
  return names
    .split(' ')
    .filter(Boolean)
    .map((name) => ({ ...wantedOf(name.replace('*', '')), busy: name.endsWith('*') }));
}

function wantedOf(name: string): Wanted {
  return { key: name.replace(/[+~]/, ''), bytes: 10, group: groupOf(name) };
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
    { loaded: 'a', wanted: '+u', count: 1, evict: [] },
    { loaded: '+u a', wanted: 'b', count: 1, evict: ['a'] },
    { loaded: 'a +u', wanted: '+v', count: 1, evict: ['u'] },
    { loaded: 'a* +u', wanted: '+v', count: 1, evict: ['u'] },
    { loaded: 'a +u', wanted: '~t', count: 1, evict: [] },
    { loaded: 'a ~s', wanted: '~t', count: 1, evict: ['s'] },
  ])('$loaded, then $wanted with room for $count gives up $evict', (row) => {
    const room = { count: row.count, bytes: Infinity };
    const plan = toEvict(loadedOf(row.loaded), wantedOf(row.wanted), room);
    expect(plan).toEqual({ evict: row.evict, wait: false });
  });

  it.each([
    { loaded: 'a b', bytes: 30, evict: [] },
    { loaded: 'a b c', bytes: 30, evict: ['a'] },
    { loaded: 'a* b c', bytes: 25, evict: ['b', 'c'] },
    { loaded: 'a* b c', bytes: 15, evict: ['b', 'c'], wait: true },
    { loaded: 'a b', bytes: 5, evict: ['a', 'b'] },
    { loaded: '+u a', bytes: 20, evict: ['u'] },
    { loaded: '~t a', bytes: 20, evict: ['t'] },
    { loaded: 'a* ~t', bytes: 20, evict: ['t'] },
    { loaded: '', bytes: 5, evict: [] },
  ])('$loaded and one more in $bytes bytes gives up $evict', ({ loaded, bytes, evict, wait }) => {
    const plan = toEvict(loadedOf(loaded), wantedOf('z'), { count: 9, bytes });
    expect(plan).toEqual({ evict, wait: wait ?? false });
  });

  it('waits for what is in use when nothing else makes room', () => {
    const plan = toEvict(loadedOf('a*'), wantedOf('b'), { count: 1, bytes: Infinity });
    expect(plan).toEqual({ evict: [], wait: true });
  });
});
