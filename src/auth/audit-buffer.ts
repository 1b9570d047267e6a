import type { AuditAct, TimedAct } from './audit-act.js';

/** Different acts that are collected at most; what comes beyond is counted without saying from where. */
export const COLLECTED_ACTS = 500;

interface Collected extends TimedAct {
  count: number;
}

/** Collects acts until they are written, and counts those that are alike. */
export class AuditBuffer {
  private readonly acts = new Map<string, Collected>();

  add(act: AuditAct): void {
    const isFull = this.acts.size >= COLLECTED_ACTS;
    const key = JSON.stringify([
      act.action,
      act.actor?.userId,
      act.target,
      act.details,
      act.address,
    ]);
    if (this.count(key)) return;
    if (!isFull) this.acts.set(key, { act, at: new Date(), count: 1 });
    else if (!this.count(act.action))
      this.acts.set(act.action, { act: { action: act.action }, at: new Date(), count: 1 });
  }

  /** All that was collected, each act once, with its number in `details.count` where there were more. */
  take(): TimedAct[] {
    const taken = [...this.acts.values()];
    this.acts.clear();
    return taken.map(({ act, at, count }) => ({
      act: count === 1 ? act : { ...act, details: { ...act.details, count } },
      at,
    }));
  }

  private count(key: string): boolean {
    const known = this.acts.get(key);
    if (known) known.count += 1;
    return known !== undefined;
  }
}
