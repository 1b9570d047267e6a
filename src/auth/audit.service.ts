import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, LessThan, Like, Repository, type FindOptionsWhere } from 'typeorm';
import { pageWindow } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor, TrustedClock } from '../storage/index.js';
import type { AuditQuery } from './audit.dto.js';
import type { AuditAct, TimedAct } from './audit-act.js';
import { AuditBuffer } from './audit-buffer.js';
import { AuditEntry } from './audit.entity.js';

const DAY_MS = 86_400_000;

/** Milliseconds for which acts that can wait are collected. */
const WRITE_EVERY_MS = 300;

function cut(text: string | undefined, length: number): string | null {
  return text?.slice(0, length) ?? null;
}

/** The audit log: who did what, and when. */
@Injectable()
export class AuditService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditService.name);
  private readonly buffer = new AuditBuffer();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private prunedAt = 0;

  constructor(
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly storage: StorageMonitor,
    private readonly clock: TrustedClock,
  ) {}

  /** Writes an act down; into the server's log alone where the table takes nothing, on a full disk for example. */
  async record(act: AuditAct): Promise<void> {
    await this.flush();
    await this.write([{ act, at: new Date() }]);
  }

  /**
   * Writes an act down soon, many in one go, for what strangers can cause. Acts alike become one entry with
   * their number in `details.count`.
   */
  recordLater(act: AuditAct): void {
    this.buffer.add(act);
    this.timer ??= setTimeout(() => void this.flush(), WRITE_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Settles when all that was collected is written. */
  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const acts = this.buffer.take();
    if (acts.length > 0) this.writing = this.writing.then(() => this.write(acts));
    return this.writing;
  }

  private async write(acts: TimedAct[]): Promise<void> {
    const written = await this.storage.optional('entries of the audit log', () => this.add(acts));
    if (written) return;
    for (const { act } of acts) this.logUnwritten(act);
  }

  private logUnwritten({ action, actor, target, address }: AuditAct): void {
    this.logger.warn(
      `Not in the audit log: ${action} by ${actor?.username ?? 'nobody known'} from ${address ?? 'here'}, on ${target?.type ?? 'nothing'} ${target?.id ?? ''}`,
    );
  }

  private async add(acts: TimedAct[]): Promise<void> {
    await this.entries.insert(acts.map(rowOf));
    await this.prune(Date.now());
  }

  /** A page of the log, and how many entries match in all. */
  async list(query: AuditQuery): Promise<[AuditEntry[], number]> {
    await this.flush();
    return this.entries.findAndCount({
      where: conditionsOf(query),
      order: { sequence: query.sort_order },
      ...pageWindow(query),
    });
  }

  private async prune(now: number): Promise<void> {
    if (now - this.prunedAt < DAY_MS) return;
    this.prunedAt = now;
    const oldest = new Date(this.clock.now() - this.config.auth.auditDays * DAY_MS);
    await this.entries.delete({ createdAt: LessThan(oldest) });
  }
}

function rowOf({ act, at }: TimedAct): Omit<AuditEntry, 'sequence'> {
  const { action, actor, target, details, address } = act;
  return {
    createdAt: at,
    action: action.slice(0, 64),
    actorId: actor?.userId ?? null,
    actorName: actor?.username ?? null,
    via: actor?.via ?? null,
    targetType: cut(target?.type, 32),
    targetId: cut(target?.id, 64),
    targetName: cut(target?.name, 255),
    details: details ?? null,
    address: cut(address, 64),
  };
}

const LAST_INSTANT = 8.64e15;

function conditionsOf(query: AuditQuery): FindOptionsWhere<AuditEntry> {
  const { action, actor_id, actor, target_type, target_id, address, from, to } = query;
  const until = to === undefined ? LAST_INSTANT : to * 1000 + 999;
  return {
    ...(action && { action: action.includes('.') ? action : Like(`${action}.%`) }),
    ...(actor_id && { actorId: actor_id }),
    ...(actor && { actorName: actor }),
    ...(target_type && { targetType: target_type }),
    ...(target_id && { targetId: target_id }),
    ...(address && { address }),
    ...((from !== undefined || to !== undefined) && {
      createdAt: Between(new Date((from ?? 0) * 1000), new Date(until)),
    }),
  };
}
