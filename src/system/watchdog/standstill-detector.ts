/** Milliseconds beyond its own interval after which the watching thread has stood still itself. */
const OWN_GAP_MS = 1000;

export interface StandstillLimits {
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Milliseconds of standstill that are reported; 0 for never. */
  reportMs: number;
  /** Milliseconds of standstill after which the process is ended; 0 for never. */
  endMs: number;
}

/** Tells from heartbeats, looked at again and again, whether an event loop stands still. */
export class StandstillDetector {
  private beats: number | undefined;
  private lookedAt: number;
  private since: number;
  private isReported = false;

  /** @param now milliseconds of a clock that never jumps */
  constructor(
    private readonly limits: StandstillLimits,
    now: number,
  ) {
    this.lookedAt = now;
    this.since = now;
  }

  /** Milliseconds for which the loop had been standing at the last look. */
  get standsMs(): number {
    return this.lookedAt - this.since;
  }

  /** @param beats how many heartbeats there were, in all */
  look(beats: number, now: number): 'fine' | 'report' | 'end' {
    const { everyMs, reportMs, endMs } = this.limits;
    // Where this thread stood too, the process was stopped or the machine slept: nobody is to blame.
    const stoodItself = now - this.lookedAt > everyMs + OWN_GAP_MS;
    this.lookedAt = now;
    if (beats !== this.beats || stoodItself) {
      this.beats = beats;
      this.since = now;
      this.isReported = false;
      return 'fine';
    }
    if (endMs > 0 && this.standsMs >= endMs) return 'end';
    if (reportMs === 0 || this.isReported || this.standsMs < reportMs) return 'fine';
    this.isReported = true;
    return 'report';
  }
}
