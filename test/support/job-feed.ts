import { io, type Socket } from 'socket.io-client';
import type { JobUpdate } from '../../src/events/index.js';

const FINAL = new Set<JobUpdate['status']>(['completed', 'failed', 'cancelled']);

interface Waiting {
  fits(update: JobUpdate): boolean;
  resolve(update: JobUpdate): void;
}

/** All that the server tells one user over socket.io, from the connection on. */
export class JobFeed {
  readonly updates: JobUpdate[] = [];
  private readonly waiting = new Set<Waiting>();

  private constructor(private readonly socket: Socket) {
    socket.on('job_update', (update: JobUpdate) => {
      this.updates.push(update);
      for (const one of this.waiting) if (one.fits(update)) one.resolve(update);
    });
  }

  /** @throws Error with the server's message and `data` when it does not let the token in. */
  static async open(url: string, token: string): Promise<JobFeed> {
    const socket = io(url, { auth: { token }, transports: ['websocket'], reconnection: false });
    const feed = new JobFeed(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', (error) => {
        socket.close();
        reject(error);
      });
    });
    return feed;
  }

  of(id: string): JobUpdate[] {
    return this.updates.filter((update) => update.job_id === id);
  }

  /** The first news of a job, past or to come, that fits. @throws Error when the job ends without it */
  async until(
    id: string,
    fits: (update: JobUpdate) => boolean,
    within = 60_000,
  ): Promise<JobUpdate> {
    const fitsOrLast = (update: JobUpdate): boolean => fits(update) || FINAL.has(update.status);
    const found = this.of(id).find(fitsOrLast) ?? (await this.next(id, fitsOrLast, within));
    if (fits(found)) return found;
    throw new Error(`The job ended before that: ${JSON.stringify(found)}`);
  }

  /** The job has done so many steps of its present attempt. */
  untilStep(id: string, step: number): Promise<JobUpdate> {
    return this.until(id, (update) => update.phase === 'sampling' && update.current_step >= step);
  }

  private next(id: string, fits: Waiting['fits'], within: number): Promise<JobUpdate> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const last = JSON.stringify(this.of(id).at(-1));
        reject(new Error(`No such news of job ${id} within ${within} ms; the last: ${last}`));
      }, within);
      const one: Waiting = {
        fits: (update) => update.job_id === id && fits(update),
        resolve: (update) => {
          clearTimeout(timer);
          this.waiting.delete(one);
          resolve(update);
        },
      };
      this.waiting.add(one);
    });
  }

  close(): void {
    this.socket.close();
  }
}
