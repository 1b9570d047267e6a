import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JOB_PERMISSIONS } from '../../auth/index.js';
import { unlessAborted } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import {
  CANCELLED,
  QueueService,
  RetryJobError,
  type JobResult,
  type RunningJob,
} from '../../queue/index.js';
import { FileHashes } from '../file-hash.js';
import { FileRecords, stampOf } from '../file-records.js';
import { HubHttp } from '../hubs/hub-http.js';
import { ModelPlaces } from '../model-places.js';
import { ModelRegistry } from '../model-registry.js';
import { checkHeader } from './check-header.js';
import { DiskRoom } from './disk-room.js';
import type { DownloadRequest, HashRequest } from './download-request.js';
import { ModelDownloadError, ModelExistsError } from './fetch.errors.js';
import { FileFetch, type FetchedFile } from './file-fetch.js';
import { FileTurns } from './file-turns.js';
import { downloadStates } from './leftovers.js';
import { PartFile } from './part-file.js';
import { sometimes } from './sometimes.js';
import { Seal } from './seal.js';

export const DOWNLOAD_KIND = 'download';
export const HASH_KIND = 'hash';

const NOTHING_MADE: JobResult = { outputs: [] };

/** Milliseconds between two looks at how far a hash is. */
const LOOK_MS = 500;

/** Downloads and hashes model files, as jobs beside those of the engine. */
@Injectable()
export class DownloadJobs implements OnModuleInit {
  private readonly logger = new Logger('Downloads');
  private readonly states: string;
  private readonly turns = new FileTurns();

  constructor(
    private readonly queue: QueueService,
    private readonly http: HubHttp,
    private readonly room: DiskRoom,
    private readonly places: ModelPlaces,
    private readonly seal: Seal,
    private readonly hashes: FileHashes,
    private readonly records: FileRecords,
    private readonly registry: ModelRegistry,
    @Inject(CONFIG) config: Config,
  ) {
    this.states = downloadStates(config);
    mkdirSync(this.states, { recursive: true, mode: 0o700 });
  }

  onModuleInit(): void {
    this.queue.handle(DOWNLOAD_KIND, (job) => this.download(job), {
      lane: 'files',
      permissions: JOB_PERMISSIONS.modelFiles,
    });
    this.queue.handle(HASH_KIND, (job) => this.hash(job), {
      lane: 'files',
      permissions: JOB_PERMISSIONS.modelFiles,
    });
  }

  private async download(job: RunningJob): Promise<JobResult> {
    const request = job.request as DownloadRequest;
    await this.turns.take(request.path, job.signal, async () => {
      if (!(await this.isThere(job, request))) await this.bring(job, request);
    });
    await this.registry.refresh();
    return NOTHING_MADE;
  }

  /** @throws ModelExistsError when another file has this name. */
  private async isThere(job: RunningJob, { path, sha256 }: DownloadRequest): Promise<boolean> {
    const there = await stat(path).catch(() => undefined);
    if (!there) return false;
    job.report({ phase: 'verifying', step: 0, totalSteps: there.size });
    const known = sha256 && (await unlessAborted(job.signal, this.hashes.of(path)));
    if (known !== sha256) throw new ModelExistsError(this.places.shown(path));
    job.report({ step: there.size });
    return true;
  }

  private async bring(job: RunningJob, request: DownloadRequest): Promise<void> {
    const { path, model_type: type } = request;
    const stateFile = join(this.states, `${createHash('sha256').update(path).digest('hex')}.json`);
    await this.places.make(dirname(path), type);
    try {
      const fetched = await this.fetch(job, request, stateFile);
      await this.keep(request, fetched);
    } catch (error) {
      if (job.signal.reason === CANCELLED) await PartFile.discard({ path, stateFile });
      const isPassing = error instanceof ModelDownloadError && error.isPassing;
      throw isPassing ? new RetryJobError(error) : error;
    }
  }

  private fetch(
    job: RunningJob,
    { url, sealed_url, path, size, estimate, sha256 }: DownloadRequest,
    stateFile: string,
  ): Promise<FetchedFile> {
    const address = sealed_url === undefined ? url : this.unsealed(sealed_url);
    const tell = sometimes((progress) => job.report(progress));
    return FileFetch.fetch(
      { url: new URL(address), path, stateFile, size, sha256 },
      {
        signal: job.signal,
        onProgress: (phase, bytes, total) =>
          tell({ phase, step: bytes, totalSteps: Math.max(total || (estimate ?? 0), bytes) }),
      },
      { http: this.http, room: this.room },
    );
  }

  private unsealed(address: string): string {
    try {
      return this.seal.open(address);
    } catch (error) {
      const reason = 'its address was kept with a key that is gone; ask for it again';
      throw new ModelDownloadError(reason, false, error);
    }
  }

  private async keep(request: DownloadRequest, fetched: FetchedFile): Promise<void> {
    const { path, filename } = request;
    const { part, sha256, bytes } = fetched;
    try {
      await checkHeader(part.path, filename);
      await part.complete();
    } catch (error) {
      await part.discard();
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new ModelExistsError(this.places.shown(path));
    } finally {
      await part.close();
    }
    await this.records.load();
    await this.records.keepHash(path, stampOf(await stat(path)), { sha256 });
    this.logger.log(`Downloaded ${path} (${bytes} bytes) from ${request.url}`);
  }

  private async hash(job: RunningJob): Promise<JobResult> {
    const { path } = job.request as HashRequest;
    const tell = (): void => {
      const reading = this.hashes.progressOf(path);
      if (!reading) return;
      const { bytesDone: step, bytes: totalSteps } = reading;
      job.report({ phase: 'hashing', step, totalSteps });
    };
    const timer = setInterval(tell, LOOK_MS);
    try {
      await unlessAborted(job.signal, this.hashes.of(path));
    } finally {
      clearInterval(timer);
    }
    return NOTHING_MADE;
  }
}
