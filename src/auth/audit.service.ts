import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Between, LessThan, Like, Repository, type FindOptionsWhere } from 'typeorm';
import { pageWindow } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { StorageMonitor } from '../storage/index.js';
import type { AuditQuery } from './audit.dto.js';
import { AuditEntry, type AuditDetails } from './audit.entity.js';
import type { Principal } from './principal.js';

const DAY_MS = 86_400_000;

/** An act to remember. Texts are cut to what the table holds. */
export interface AuditAct {
  /** Noun and past participle, such as `model.deleted`. */
  action: `${string}.${string}`;
  /** Who did it; nobody where that is not proven. */
  actor?: Pick<Principal, 'userId' | 'username' | 'via'>;
  target?: { type: string; id?: string; name?: string };
  /** Never a secret: no password, no token, no key. */
  details?: AuditDetails;
  /** Where the request came from. */
  address?: string;
}

function cut(text: string | undefined, length: number): string | null {
  return text?.slice(0, length) ?? null;
}

/** The audit log: who did what, and when. */
@Injectable()
export class AuditService {
  private readonly logger = new Logger(AuditService.name);
  private prunedAt = 0;

  constructor(
    @InjectRepository(AuditEntry) private readonly entries: Repository<AuditEntry>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly storage: StorageMonitor,
  ) {}

  /** Writes an act down; into the server's log alone where the table takes nothing, on a full disk for example. */
  async record(act: AuditAct): Promise<void> {
    const written = await this.storage.optional('an entry of the audit log', () => this.add(act));
    if (written) return;
    const { action, actor, target, address } = act;
    this.logger.warn(
      `Not in the audit log: ${action} by ${actor?.username ?? 'nobody known'} from ${address ?? 'here'}, on ${target?.type ?? 'nothing'} ${target?.id ?? ''}`,
    );
  }

  private async add({ action, actor, target, details, address }: AuditAct): Promise<void> {
    const now = new Date();
    await this.entries.insert({
      createdAt: now,
      action: action.slice(0, 64),
      actorId: actor?.userId ?? null,
      actorName: actor?.username ?? null,
      via: actor?.via ?? null,
      targetType: cut(target?.type, 32),
      targetId: cut(target?.id, 64),
      targetName: cut(target?.name, 255),
      details: details ?? null,
      address: cut(address, 64),
    });
    await this.prune(now.getTime());
  }

  /** A page of the log, and how many entries match in all. */
  async list(query: AuditQuery): Promise<[AuditEntry[], number]> {
    return this.entries.findAndCount({
      where: conditionsOf(query),
      order: { sequence: query.sort_order },
      ...pageWindow(query),
    });
  }

  private async prune(now: number): Promise<void> {
    if (now - this.prunedAt < DAY_MS) return;
    this.prunedAt = now;
    const oldest = new Date(now - this.config.auth.auditDays * DAY_MS);
    await this.entries.delete({ createdAt: LessThan(oldest) });
  }
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
