import type { JobState } from './job-state.js';

/** Changes of one kind that fall into one slot of time. */
export interface SlotCount {
  /** From 0; what came before the first slot is counted in it. */
  slot: number;
  count: number;
}

/** Jobs of a kind that ended in a slot, in one way. */
export interface SlotEnds extends SlotCount {
  kind: string;
  state: JobState;
  /** Whether they had been begun; a job that is cancelled while it waits was not. */
  begun: boolean;
  /** Milliseconds that they were worked on, all together. */
  worked: number;
}

export interface SlotChanges {
  slots: number;
  arrivals: SlotCount[];
  beginnings: SlotCount[];
  ends: SlotEnds[];
}

/** What became of jobs in a slot of time, and how many there were at its end. */
export interface RateSlot {
  completed: number;
  failed: number;
  cancelled: number;
  waiting: number;
  running: number;
}

/** What became of the jobs of a kind in all slots together. */
export interface KindRate {
  kind: string;
  completed: number;
  failed: number;
  cancelled: number;
  /** Milliseconds that a completed job was worked on; null where none completed. */
  mean: number | null;
}

function isOutcome(state: JobState): state is 'completed' | 'failed' | 'cancelled' {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

function perSlot(slots: number, changes: SlotCount[]): number[] {
  const sums = Array.from({ length: slots }, () => 0);
  for (const { slot, count } of changes) sums[slot] = (sums[slot] ?? 0) + count;
  return sums;
}

/** The slots in their order; what waits and runs is what came before less what went. */
export function rateSlots({ slots, arrivals, beginnings, ends }: SlotChanges): RateSlot[] {
  const [came, began] = [perSlot(slots, arrivals), perSlot(slots, beginnings)];
  const gone = {
    waiting: ends.filter(({ begun }) => !begun),
    running: ends.filter((end) => end.begun),
  };
  const [unbegun, done] = [perSlot(slots, gone.waiting), perSlot(slots, gone.running)];
  const outcomes = Array.from({ length: slots }, () => ({ completed: 0, failed: 0, cancelled: 0 }));
  for (const { slot, state, count } of ends) {
    const outcome = outcomes[slot];
    if (outcome && isOutcome(state)) outcome[state] += count;
  }
  let [waiting, running] = [0, 0];
  return outcomes.map((outcome, slot) => {
    const begun = began[slot] ?? 0;
    waiting += (came[slot] ?? 0) - begun - (unbegun[slot] ?? 0);
    running += begun - (done[slot] ?? 0);
    return { ...outcome, waiting, running };
  });
}

/** The kinds by name. */
export function kindRates(ends: SlotEnds[]): KindRate[] {
  const kinds = new Map<string, KindRate & { worked: number }>();
  for (const { kind, state, count, worked } of ends) {
    const rate = kinds.get(kind) ?? {
      kind,
      completed: 0,
      failed: 0,
      cancelled: 0,
      mean: null,
      worked: 0,
    };
    if (isOutcome(state)) rate[state] += count;
    if (state === 'completed') rate.worked += worked;
    kinds.set(kind, rate);
  }
  return [...kinds.values()]
    .map(({ worked, ...rate }) => ({
      ...rate,
      mean: rate.completed > 0 ? worked / rate.completed : null,
    }))
    .toSorted((one, other) => one.kind.localeCompare(other.kind));
}
