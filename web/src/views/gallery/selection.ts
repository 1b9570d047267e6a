import { computed, shallowRef, type ComputedRef } from 'vue';
import { keyOf, type Output } from './outputs.js';
import type { SparseList } from './sparse-list.js';

export interface Selection {
  /** By their keys, in the order in which they were selected. */
  outputs: ComputedRef<ReadonlyMap<string, Output>>;
  /** Selects what is at a place or no longer; with `range`, all from the last one that was selected to there. */
  toggle: (place: number, range?: boolean) => void;
  clear: () => void;
}

/** What is selected of a list. Of a range only what is here is selected. */
export function useSelection(list: Pick<SparseList<Output>, 'at'>): Selection {
  const chosen = shallowRef<ReadonlyMap<string, Output>>(new Map());
  let last: number | undefined;

  function toggle(place: number, range = false): void {
    const next = new Map(chosen.value);
    const from = range ? (last ?? place) : place;
    const places = Array.from(
      { length: Math.abs(place - from) + 1 },
      (_, index) => Math.min(from, place) + index,
    );
    for (const one of places) {
      const output = list.at(one);
      if (!output) continue;
      const key = keyOf(output);
      if (!range && next.has(key)) next.delete(key);
      else next.set(key, output);
    }
    last = place;
    chosen.value = next;
  }

  return {
    outputs: computed(() => chosen.value),
    toggle,
    clear: () => {
      chosen.value = new Map();
      last = undefined;
    },
  };
}
