import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { can } from '../auth/index.js';
import { EventBus, type EventMap } from '../events/index.js';
import { JobAccess } from '../queue/index.js';
import type { LiveDoor } from './live-door.js';
import { LiveDoors } from './live-doors.js';
import { SERVER_SHUTDOWN, type News } from './news.js';

/**
 * Live news over a plain WebSocket at `/ws` (seed stable-diffusion-cpp-rest, "WebSocket Support"), with the
 * news of one's own jobs as over socket.io.
 */
@Injectable()
export class PlainSockets implements OnModuleInit, OnModuleDestroy {
  private readonly stops: Array<() => void> = [];

  constructor(
    private readonly doors: LiveDoors,
    private readonly events: EventBus,
    private readonly access: JobAccess,
  ) {}

  onModuleInit(): void {
    const door = this.doors.open({
      paths: ['/ws'],
      follows: 'permitted',
      strangers: 'answer',
      onStop: (client) =>
        client.tell('server_shutdown', { type: 'server_shutdown', data: SERVER_SHUTDOWN }),
    });
    const { events } = this;
    this.stops.push(
      events.on('job.updated', (event) => this.tellJob(door, event)),
      events.on('queue.changed', (update) => tellAll(door, 'queue_update', update)),
      events.on('system.told', (update) => tellAll(door, 'system_update', update)),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.stops) stop();
  }

  private tellJob(door: LiveDoor, { ownerId, kind, update }: EventMap['job.updated']): void {
    const message = { type: 'job_update', data: update };
    const options = {
      fleeting: 'preview' in update,
      needs: this.access.permissionFor('read', kind),
    };
    door.each((client) => {
      const { principal } = client;
      if (principal.userId === ownerId || can(principal, 'job:read_all'))
        client.tell('job_update', message, options);
    });
  }
}

function tellAll<Type extends 'queue_update' | 'system_update'>(
  door: LiveDoor,
  type: Type,
  data: News[Type],
): void {
  door.each((client) => client.tell(type, { type, data }));
}
