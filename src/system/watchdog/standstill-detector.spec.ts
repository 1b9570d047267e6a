import { describe, expect, it } from 'vitest';
import { StandstillDetector } from './standstill-detector.js';

const LIMITS = { everyMs: 500, reportMs: 2000, endMs: 30_000 };

/** What the looks at these instants say, where the heartbeat stands still after the first. */
function looks(instants: number[], limits = LIMITS): string[] {
  const detector = new StandstillDetector(limits, 0);
  return instants.map((now) => detector.look(1, now));
}

function every(everyMs: number, untilMs: number): number[] {
  return Array.from({ length: untilMs / everyMs }, (_, index) => (index + 1) * everyMs);
}

describe('a standstill', () => {
  it('is reported once after the one limit, and ends the process after the other', () => {
    const said = looks(every(500, 31_000));
    expect(said.indexOf('report')).toBe(4);
    expect(said.filter((one) => one === 'report')).toHaveLength(1);
    expect(said.indexOf('end')).toBe(60);
  });

  it('is none while there are heartbeats', () => {
    const detector = new StandstillDetector(LIMITS, 0);
    const said = every(500, 60_000).map((now, index) => detector.look(index, now));
    expect(new Set(said)).toEqual(new Set(['fine']));
  });

  it('is reported again when there was a heartbeat in between', () => {
    const detector = new StandstillDetector(LIMITS, 0);
    const beatsAt = (now: number): number => (now < 5000 ? 1 : 2);
    const said = every(500, 10_000).map((now) => detector.look(beatsAt(now), now));
    expect(said.filter((one) => one === 'report')).toHaveLength(2);
  });

  it('is none where the watching thread stood too, as when the machine slept', () => {
    expect(looks([500, 60_000, 60_500, 61_000])).toEqual(['fine', 'fine', 'fine', 'fine']);
    expect(looks([500, 60_000, ...every(500, 4000).map((ms) => 60_000 + ms)])).toContain('report');
  });

  it('is neither reported nor ended where the limits are 0', () => {
    const said = looks(every(500, 60_000), { ...LIMITS, reportMs: 0, endMs: 0 });
    expect(new Set(said)).toEqual(new Set(['fine']));
  });
});
