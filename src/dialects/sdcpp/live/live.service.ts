import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '../../../common/index.js';
import { EventBus, type EventMap, type JobUpdate } from '../../../events/index.js';
import { JobAccess, OwnJobs, QueueService, type JobDetails } from '../../../queue/index.js';
import { LiveDoors, type LiveDoor, type LiveSocket } from '../../../realtime/index.js';
import { statusOf, typeOf } from '../jobs/words.js';
import { added, advanced, eventOf, moved, previewed, type LiveEvent } from './events.js';
import { liveHandshake } from './handshake.js';
import { SdcppLiveModels } from './models.js';
import { SdcppMemory } from '../memory/memory.service.js';
import { SdcppSettings } from '../settings/settings.service.js';

/** How often clients are told how the server is, in milliseconds. */
const STATUS_MS = 5000;

const FINAL: readonly JobUpdate['status'][] = ['completed', 'failed', 'cancelled'];

/** In which state a job was of which nothing was heard before, as after a restart. */
function likelyBefore(status: JobUpdate['status']): JobUpdate['status'] {
  return status === 'processing' ? 'queued' : 'processing';
}

/**
 * Live news for clients of this API, each of their own jobs and their own model (seed sdcpp-restapi,
 * "WebSocket Support", and what the web UI reads).
 */
@Injectable()
export class SdcppLive implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SdcppLive.name);
  private readonly stops: Array<() => void> = [];
  /** The last state of every job that has not ended. */
  private readonly states = new Map<string, JobUpdate['status']>();
  /** What is known of the jobs that somebody follows. */
  private readonly jobs = new Map<string, JobDetails>();
  /** What is still to be told of a job, so that all is told in its order. */
  private readonly telling = new Map<string, Promise<void>>();
  private door: LiveDoor | undefined;

  constructor(
    private readonly doors: LiveDoors,
    private readonly events: EventBus,
    private readonly queue: QueueService,
    private readonly own: OwnJobs,
    private readonly models: SdcppLiveModels,
    private readonly memory: SdcppMemory,
    private readonly settings: SdcppSettings,
    private readonly access: JobAccess,
  ) {}

  onModuleInit(): void {
    this.door = this.doors.open({
      // On a port of its own the root is one too: older clients know no other.
      paths: ['/sdcpp/ws', '/sdcpp/'],
      follows: 'own',
      strangers: 'close',
      handshakeOf: liveHandshake,
      welcome: (client) => void this.tellStatus([client]),
      heard: (client, text) => answer(client, text),
      onStop: (client) =>
        client.tell('server_shutdown', eventOf('server_shutdown', { reason: 'shutdown' })),
    });
    const { events } = this;
    const timer = setInterval(() => void this.tellAll(), STATUS_MS).unref();
    this.stops.push(
      () => clearInterval(timer),
      events.on('job.updated', (event) => this.follow(event)),
      events.on('job.deleted', ({ jobId, restorable, ...job }) =>
        this.tellJob(job, eventOf('job_deleted', { job_id: jobId, soft_delete: restorable })),
      ),
      events.on('job.restored', ({ jobId, status, ...job }) =>
        this.tellJob(job, eventOf('job_restored', { job_id: jobId, status: statusOf(status) })),
      ),
      events.on('model.idle', (event) => this.tellIdle(event)),
      events.on('choice.cleared', (event) => void this.tellCleared(event)),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  private follow({ ownerId, kind, update }: EventMap['job.updated']): void {
    const { job_id: id, status } = update;
    const before = this.states.get(id);
    if (FINAL.includes(status)) this.states.delete(id);
    else this.states.set(id, status);
    const needs = this.access.permissionFor('read', kind);
    const client = this.clientsOf(ownerId).find((one) => one.hears('job_status_changed', needs));
    if (!client) {
      this.jobs.delete(id);
      return;
    }
    const known = this.jobs.get(id);
    const waiting = this.telling.get(id);
    if (known && !waiting && before === status) {
      this.tellProgress(ownerId, known, update);
      return;
    }
    const told = (waiting ?? Promise.resolve())
      .then(() => this.tellMove(client, update, before))
      .catch((error: unknown) => this.logger.warn(`Job ${id} was not told of: ${messageOf(error)}`))
      .finally(() => {
        if (this.telling.get(id) === told) this.telling.delete(id);
        if (FINAL.includes(status)) this.jobs.delete(id);
      });
    this.telling.set(id, told);
  }

  private async tellMove(
    { principal }: LiveSocket,
    update: JobUpdate,
    before: JobUpdate['status'] | undefined,
  ): Promise<void> {
    const { userId } = principal;
    const { job_id: id, status } = update;
    const known = before === status ? this.jobs.get(id) : undefined;
    const job = known ?? (await this.queue.job(principal, id));
    this.jobs.set(id, job);
    if (before === status) return this.tellProgress(userId, job, update);
    const owned = { ownerId: userId, kind: job.kind };
    if (this.models.isLoad(job)) {
      for (const event of await this.models.moved(job, update)) this.tellJob(owned, event);
      await this.tellStatus(this.clientsOf(userId));
      return;
    }
    if (typeOf(job.kind) === undefined) return;
    if (status === 'queued' && before === undefined) {
      this.tellJob(owned, added(job, update.position));
      return;
    }
    const { output_group_folders } = await this.settings.output(userId);
    const events = moved(job, update, before ?? likelyBefore(status), output_group_folders);
    for (const event of events) this.tellJob(owned, event);
  }

  private async tellCleared(event: EventMap['choice.cleared']): Promise<void> {
    const clients = this.clientsOf(event.userId);
    if (clients.length === 0) return;
    for (const told of await this.models.cleared(event))
      for (const client of clients) client.tell(told.event, told);
    await this.tellStatus(clients);
  }

  /** Everybody shares the memory. */
  private tellIdle({ name, use, idleSeconds }: EventMap['model.idle']): void {
    const kind = use === 'drawing' ? 'main' : 'upscaler';
    const data = { kind, idle_seconds: idleSeconds, model_name: name };
    this.tellEverybody(eventOf('auto_unloaded', data));
  }

  private tellProgress(ownerId: string, job: JobDetails, update: JobUpdate): void {
    if (update.status !== 'processing') return;
    const owned = { ownerId, kind: job.kind };
    if (this.models.isLoad(job)) {
      this.tellJob(owned, this.models.progress(job, update), { fleeting: true });
      return;
    }
    if (typeOf(job.kind) === undefined) return;
    const shown = update.preview === undefined ? undefined : this.own.preview(job.id);
    const event =
      update.preview === undefined || !shown
        ? advanced(job, update)
        : previewed(job, update, update.preview, shown);
    this.tellJob(owned, event, { fleeting: true });
  }

  private async tellAll(): Promise<void> {
    const clients: LiveSocket[] = [];
    this.everybody((client) => clients.push(client));
    if (clients.length === 0) return;
    await this.tellStatus(clients);
    this.tellEverybody(eventOf('memory_status', await this.memory.look()), { fleeting: true });
  }

  private async tellStatus(clients: readonly LiveSocket[]): Promise<void> {
    for (const client of clients) {
      try {
        const status = await this.models.status(client.principal);
        client.tell('server_status', eventOf('server_status', status));
      } catch (error) {
        this.logger.warn(`The state of the server could not be told: ${messageOf(error)}`);
      }
    }
  }

  /** Tells the owner of a job, as far as they may read jobs of its kind. */
  private tellJob(
    { ownerId, kind }: { ownerId: string; kind: string },
    event: LiveEvent,
    { fleeting = false } = {},
  ): void {
    const needs = this.access.permissionFor('read', kind);
    for (const client of this.clientsOf(ownerId))
      client.tell(event.event, event, { fleeting, needs });
  }

  private tellEverybody(event: LiveEvent, options?: { fleeting: boolean }): void {
    this.everybody((client) => client.tell(event.event, event, options));
  }

  private clientsOf(userId: string): LiveSocket[] {
    const clients: LiveSocket[] = [];
    this.everybody((client) => {
      if (client.principal.userId === userId) clients.push(client);
    });
    return clients;
  }

  private everybody(action: (client: LiveSocket) => void): void {
    this.door?.each(action);
  }
}

function isPing(text: string): boolean {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type === 'ping';
  } catch {
    return false;
  }
}

function answer(client: LiveSocket, text: string): void {
  if (isPing(text)) client.tell('pong', eventOf('pong', {}));
}
