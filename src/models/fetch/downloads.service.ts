import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AuditService, can, type Principal } from '../../auth/index.js';
import { ValidationError } from '../../common/index.js';
import { QueueService, type NewJob } from '../../queue/index.js';
import { FileRecords, stampOf } from '../file-records.js';
import { FileNotAcceptedError } from '../hubs/hub.errors.js';
import { shownAddress } from '../hubs/hub-http.js';
import { safeWeightName } from '../hubs/weight-name.js';
import { ModelPlaces } from '../model-places.js';
import type { ModelType } from '../model-type.js';
import { DiskRoom } from './disk-room.js';
import { DOWNLOAD_KIND, HASH_KIND } from './download-jobs.js';
import type {
  DownloadRequest,
  DownloadSource,
  HashRequest,
  WantedDownload,
} from './download-request.js';
import { DownloadSources, type FoundFile } from './download-source.js';
import { ModelExistsError } from './fetch.errors.js';
import { Seal } from './seal.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** What else is known of a request for work. */
export interface StartOptions {
  /** Where it came from, for the audit log. */
  address?: string;
  /** What the client sent, where it speaks another API. */
  origin?: NewJob['origin'];
  /** The title that the user gave it. */
  label?: string;
  /** Id of a job of the same owner that must have completed before it begins. */
  after?: string;
}

/** A download that was accepted. */
export interface StartedDownload {
  downloadJobId: string;
  /** Runs when the download has completed. */
  hashJobId: string;
  source: DownloadSource;
  modelType: ModelType;
  /** Of the download in its lane; null when it has begun. */
  position: number | null;
  filename: string;
  subfolder: string | null;
  /** Bytes, as far as is known. */
  size: number | null;
  sha256: string | null;
  /** Whether the same file was being downloaded already: these are its jobs. */
  joined: boolean;
}

/** Model files from the hubs and from other servers, downloaded by jobs. */
@Injectable()
export class ModelDownloads {
  constructor(
    private readonly sources: DownloadSources,
    private readonly places: ModelPlaces,
    private readonly room: DiskRoom,
    private readonly records: FileRecords,
    private readonly queue: QueueService,
    private readonly seal: Seal,
    private readonly audit: AuditService,
  ) {}

  /**
   * Asks where the file comes from, looks whether it may come, and submits its jobs.
   * @throws ValidationError, AddressRefusedError, HubNotFoundError, HubRefusedError, HubBusyError,
   * HubUnavailableError, FileNotAcceptedError, ModelExistsError, ModelFileTooLargeError, DiskFullError,
   * ModelFolderError, QueueFullError, TooManyJobsError
   */
  async start(
    principal: Principal,
    wanted: WantedDownload,
    options: StartOptions = {},
  ): Promise<StartedDownload> {
    const found = await this.sources.find(wanted);
    const request = await this.plan(wanted, found);
    const joined = await this.underWay(principal, request);
    if (joined) return this.started(principal, request, { ...joined, joined: true });
    await this.checkRoom(request);
    const jobs = await this.submit(principal, request, options);
    await this.audit.record({
      action: 'model.requested',
      actor: principal,
      target: { type: 'job', id: jobs.downloadJobId, name: request.filename },
      details: { source: request.source, url: request.url },
      address: options.address,
    });
    return this.started(principal, request, { ...jobs, joined: false });
  }

  private async plan(wanted: WantedDownload, found: FoundFile): Promise<DownloadRequest> {
    const modelType = wanted.modelType ?? found.modelType;
    if (!modelType) {
      const message = 'model_type is needed: its source does not say what it is.';
      throw new ValidationError([{ field: 'model_type', message }]);
    }
    const folder = await this.places.target(modelType, wanted.subfolder || undefined);
    const filename = nameOf(wanted, found);
    const { source, url, size, estimate, reference } = found;
    return {
      source,
      model_type: modelType,
      url: shownAddress(url),
      ...(url.search && { sealed_url: this.seal.close(url.href) }),
      path: join(folder, filename),
      filename,
      subfolder: wanted.subfolder || null,
      size,
      estimate,
      sha256: checksumOf(wanted, found),
      reference,
    };
  }

  /** The caller's own download to the same place, from the same address; and of others, who may see them. */
  private async underWay(
    principal: Principal,
    { path, url }: DownloadRequest,
  ): Promise<{ downloadJobId: string; hashJobId: string } | undefined> {
    const isMine = ({ ownerId }: { ownerId: string }): boolean =>
      ownerId === principal.userId || can(principal, 'job:read_all');
    const downloads = await this.queue.unfinished(DOWNLOAD_KIND);
    const download = downloads.filter(isMine).find(({ request }) => {
      const other = request as DownloadRequest;
      return other.path === path && other.url === url;
    });
    if (!download) return undefined;
    const hashes = await this.queue.unfinished(HASH_KIND);
    const hash = hashes
      .filter(isMine)
      .find(({ request }) => (request as HashRequest).path === path);
    return hash && { downloadJobId: download.id, hashJobId: hash.id };
  }

  private async checkRoom({ path, estimate, sha256 }: DownloadRequest): Promise<void> {
    const there = await stat(path).catch(() => undefined);
    if (there) {
      await this.records.load();
      const known = this.records.sha256(path, stampOf(there));
      // What was not hashed yet is hashed by the job.
      const isPerhapsSame = sha256 !== null && (known === undefined || known === sha256);
      if (!isPerhapsSame) throw new ModelExistsError(this.places.shown(path));
      return;
    }
    if (estimate === null) return;
    this.room.checkSize(estimate);
    await this.room.check(path, estimate);
  }

  private async submit(
    principal: Principal,
    request: DownloadRequest,
    { origin, after }: StartOptions,
  ): Promise<{ downloadJobId: string; hashJobId: string }> {
    const { filename, path } = request;
    const downloadJobId = await this.queue.submit(principal, {
      kind: DOWNLOAD_KIND,
      title: `Download ${filename}`,
      request,
      model: filename,
      ...(origin && { origin }),
      ...(after !== undefined && { after }),
    });
    try {
      const hash: HashRequest = { path, filename };
      const hashJobId = await this.queue.submit(principal, {
        kind: HASH_KIND,
        title: `Hash ${filename}`,
        request: hash,
        model: filename,
        after: downloadJobId,
        ...(origin && { origin }),
      });
      return { downloadJobId, hashJobId };
    } catch (error) {
      await this.queue.cancel(principal, downloadJobId).catch(() => undefined);
      throw error;
    }
  }

  private async started(
    principal: Principal,
    { source, model_type: modelType, filename, subfolder, estimate: size, sha256 }: DownloadRequest,
    jobs: { downloadJobId: string; hashJobId: string; joined: boolean },
  ): Promise<StartedDownload> {
    const { position } = await this.queue.job(principal, jobs.downloadJobId);
    return { ...jobs, source, modelType, position, filename, subfolder, size, sha256 };
  }
}

function nameOf({ saveAs, filename, source }: WantedDownload, found: FoundFile): string {
  const isOwnName = found.source === 'url' && filename;
  const given = saveAs || (isOwnName ? filename : found.filename);
  const name = safeWeightName(given);
  if (name !== undefined) return name;
  if (saveAs || isOwnName) {
    const field = saveAs ? 'save_as' : 'filename';
    const message = `${field} must end in .safetensors, .sft, .gguf, .ckpt, .pt, .pth or .bin.`;
    throw new ValidationError([{ field, message }]);
  }
  const hint = source === 'url' || found.source === 'url' ? ' Give its name as filename.' : '';
  throw new FileNotAcceptedError(
    `What is there is no weight file by its name ("${given.slice(0, 200)}").${hint}`,
  );
}

function checksumOf(wanted: WantedDownload, found: FoundFile): string | null {
  const given = wanted.sha256?.toLowerCase();
  if (given === undefined) return found.sha256;
  const isGood = SHA256.test(given);
  if (isGood && (found.sha256 === null || found.sha256 === given)) return given;
  const message = isGood
    ? `sha256 is not what its source says: ${found.sha256}.`
    : 'sha256 must be 64 hexadecimal digits.';
  throw new ValidationError([{ field: 'sha256', message }]);
}
