import { describe, expect, it } from 'vitest';
import type { Output } from './outputs.js';
import { useSelection } from './selection.js';

/** Twenty pictures, of which one is not here yet. */
function pictures() {
  const at = (place: number): Output | undefined =>
    place === 5 ? undefined : ({ job_id: 'job', filename: `${place}.png` } as Output);
  const selection = useSelection({ at });
  const names = (): string[] =>
    [...selection.outputs.value.values()].map(({ filename }) => filename);
  return { selection, names };
}

describe('a selection', () => {
  it('takes one in and out', () => {
    const { selection, names } = pictures();
    selection.toggle(3);
    selection.toggle(1);
    expect(names()).toEqual(['3.png', '1.png']);
    selection.toggle(3);
    expect(names()).toEqual(['1.png']);
    selection.clear();
    expect(names()).toEqual([]);
  });

  it('takes in all from the last one on, either way, but for what is not here', () => {
    const { selection, names } = pictures();
    selection.toggle(4);
    selection.toggle(7, true);
    expect(names()).toEqual(['4.png', '6.png', '7.png']);
    selection.toggle(6, true);
    expect(names()).toHaveLength(3);
    selection.clear();
    selection.toggle(9);
    selection.toggle(8, true);
    expect(names()).toEqual(['9.png', '8.png']);
  });
});
