import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How often the time is written down, in milliseconds. */
const NOTE_MS = 60_000;

interface Noted {
  /** Milliseconds since 1970 that were believed last. */
  time: number;
  /** How long the server has run since its clock went ahead of that, in milliseconds; null while it does not. */
  waitedMs: number | null;
}

function read(path: string): Noted | undefined {
  try {
    const { time, waitedMs } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Noted>;
    const isWhole = Number.isFinite(time) && (waitedMs === null || Number.isFinite(waitedMs));
    return isWhole ? { time: Number(time), waitedMs: waitedMs ?? null } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The time for whatever removes what is old. A clock that is suddenly more than a day ahead may be wrong, and
 * what it makes old cannot be brought back: the time of before goes on, until the server has run for some hours
 * with the new one. A server that was off for long only removes that much later.
 */
@Injectable()
export class TrustedClock implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Clock');
  private readonly path: string;
  private readonly patienceMs: number;
  private noted: Noted;
  private notedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(@Inject(CONFIG) { storage }: Config) {
    this.path = join(storage.dataDir, 'clock.json');
    this.patienceMs = storage.clockPatienceHours * HOUR_MS;
    this.noted = read(this.path) ?? { time: Date.now(), waitedMs: null };
  }

  /** Milliseconds since 1970, never more than a day ahead of the time of before. */
  now(): number {
    const wall = Date.now();
    const elapsed = performance.now() - this.notedAt;
    const expected = this.noted.time + elapsed;
    const isAhead = wall - expected > DAY_MS;
    const waited = (this.noted.waitedMs ?? 0) + elapsed;
    return isAhead && waited < this.patienceMs ? expected : wall;
  }

  onApplicationBootstrap(): void {
    this.note();
    this.timer = setInterval(() => this.note(), NOTE_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.note();
  }

  private note(): void {
    const time = this.now();
    const isWaiting = Date.now() - time > DAY_MS;
    const elapsed = performance.now() - this.notedAt;
    if (isWaiting && this.noted.waitedMs === null) this.warn(time);
    this.noted = { time, waitedMs: isWaiting ? (this.noted.waitedMs ?? 0) + elapsed : null };
    this.notedAt = performance.now();
    try {
      writeFileSync(this.path, JSON.stringify(this.noted), { mode: 0o600 });
    } catch {
      // On a full disk nothing is removed by age anyway; the time of before is good enough.
    }
  }

  private warn(time: number): void {
    const days = Math.round((Date.now() - time) / DAY_MS);
    const hours = Math.round(this.patienceMs / HOUR_MS);
    this.logger.warn(
      `The clock is ${days} days ahead of when this server last ran. Nothing is removed for its age until it has run for ${hours} h with this time; ATELIER_CLOCK_PATIENCE_HOURS=0 believes the clock at once.`,
    );
  }
}
