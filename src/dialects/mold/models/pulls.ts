import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { AppError, toAppError } from '../../../common/index.js';
import type { ServerSentEvent } from '../../../connections/index.js';
import {
  Hubs,
  ModelDownloads,
  ModelNotFoundError,
  type StartedDownload,
  type StartOptions,
  type WantedDownload,
} from '../../../models/index.js';
import { JobFollower } from '../../../queue/index.js';
import { fileName, MoldKnownModels, type KnownFile } from './known-models.js';
import { MoldNames } from './names.js';

/** Files of weights, by their endings. */
const WEIGHTS = /\.(?:safetensors|gguf|ckpt|pth|pt|bin|sft)$/i;

const CIVITAI = /^(?:civitai|cv):(\d{1,12}(?::\d{1,12})?)$/;
const HUGGING_FACE = /^(?:hf[: ])?([\w.-]+\/[\w.-]+)\/(.+)$/;

/** 400: nobody knows where to get it. */
export class UnknownModelError extends AppError {
  constructor(name: string) {
    super(
      'UNKNOWN_MODEL',
      400,
      `It is not known where to get "${name.slice(0, 200)}". Name a file on Hugging Face as hf:owner/repository/file.gguf, a model on Civitai as civitai:123456, or an address.`,
    );
  }
}

/** 502: the file did not come. */
export class PullFailedError extends AppError {
  constructor(name: string, why: string) {
    super('PULL_FAILED', 502, `"${name.slice(0, 200)}" was not pulled: ${why}`, {
      logLevel: 'info',
    });
  }
}

/** Where a name says that a model is; undefined where it does not. */
export function sourceOf(name: string): WantedDownload | undefined {
  const [, modelId] = CIVITAI.exec(name) ?? [];
  if (modelId !== undefined) return { modelId };
  const path = /^https?:\/\//.test(name) ? (URL.parse(name)?.pathname ?? '') : name;
  const modelType = /\.gguf$/i.test(path) ? 'diffusion' : 'checkpoint';
  if (path !== name) return { url: name, modelType };
  const [, repoId, filename] = HUGGING_FACE.exec(name) ?? [];
  if (!repoId || !filename || !WEIGHTS.test(filename)) return undefined;
  return { source: 'huggingface', repoId, filename, modelType };
}

/** One file of a pull. */
interface Downloading {
  /** The model that is pulled. */
  name: string;
  file: StartedDownload;
  place: { file_index: number; total_files: number };
  /** Bytes of all files, and of those that are here. */
  batch: { before: number; total: number };
  /** By the clock of `performance`. */
  begun: number;
}

function progress(data: object): ServerSentEvent {
  return { event: 'progress', data };
}

/** A pull that is under way: the downloads of its files, in the order in which they come. */
export type StartedPull = StartedDownload[];

/** Gets models from elsewhere; the downloads are jobs that go on though nobody waits for them. */
@Injectable()
export class MoldPulls {
  constructor(
    private readonly names: MoldNames,
    private readonly known: MoldKnownModels,
    private readonly hubs: Hubs,
    private readonly downloads: ModelDownloads,
    private readonly follower: JobFollower,
  ) {}

  /**
   * Begins to download what is missing; undefined where the model is here already.
   * @throws UnknownModelError, and whatever ModelDownloads throws
   */
  async start(
    caller: Principal,
    name: string,
    address: string | undefined,
  ): Promise<StartedPull | undefined> {
    const options = {
      address,
      origin: { dialect: 'mold', params: { model: name.replace(/\?.*$/s, '') } },
    };
    const wanted = sourceOf(name);
    if (wanted) return [await this.downloads.start(caller, wanted, options)];
    if (await this.isHere(name)) return undefined;
    const files = this.known.filesOf(name);
    if (!files) throw new UnknownModelError(name);
    return this.startAll(caller, files, options);
  }

  /** How a pull goes on, told in events, until the model is here. Throws nothing. */
  async *events(
    caller: Principal,
    name: string,
    started: StartedPull | undefined,
    gone: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    try {
      yield* this.progress(caller, name, started ?? [], gone);
      if (!gone.aborted) yield progress({ type: 'pull_complete', model: name });
    } catch (error) {
      yield { event: 'error', data: { message: toAppError(error).message } };
    }
  }

  /** Waits until the model is here. @throws PullFailedError */
  async finished(
    caller: Principal,
    name: string,
    started: StartedPull | undefined,
    gone: AbortSignal,
  ): Promise<void> {
    // Followed to its end, without a word on the way.
    for await (const _ of this.progress(caller, name, started ?? [], gone));
  }

  /** One after the other, the weights last: a model is not here before all that it needs is. */
  private async startAll(
    caller: Principal,
    files: readonly KnownFile[],
    options: StartOptions,
  ): Promise<StartedPull> {
    const missing: KnownFile[] = [];
    for (const file of files) if (!(await this.known.isHere(file))) missing.push(file);
    // What the hub does not give is known before anything is begun.
    for (const { repo, file } of missing)
      await this.hubs.huggingFace({ repoId: repo, filename: file });
    const started: StartedPull = [];
    for (const file of missing) {
      const { type: modelType, repo: repoId, file: filename } = file;
      const after = started.at(-1)?.downloadJobId;
      const wanted = { modelType, repoId, filename, saveAs: fileName(file) };
      started.push(await this.downloads.start(caller, wanted, { ...options, after }));
    }
    return started;
  }

  private async *progress(
    caller: Principal,
    name: string,
    started: StartedPull,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const sizes = started.map(({ size }) => size ?? 0);
    const batch = { before: 0, total: sizes.reduce((sum, size) => sum + size, 0) };
    const begun = performance.now();
    for (const [index, file] of started.entries()) {
      const place = { file_index: index + 1, total_files: started.length };
      yield* this.download(caller, { name, file, place, batch, begun }, signal);
      batch.before += sizes[index] ?? 0;
    }
  }

  private async *download(
    caller: Principal,
    { name, file: { downloadJobId, filename, size }, place, batch, begun }: Downloading,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const file = { filename, ...place };
    const elapsed = () => ({ batch_elapsed_ms: Math.round(performance.now() - begun) });
    for await (const update of this.follower.follow(caller, downloadJobId, { signal })) {
      const { status, phase, current_step: done, total_steps, error } = update;
      const total = total_steps || (size ?? 0);
      if (status === 'queued') yield progress({ type: 'queued', position: update.position ?? 1 });
      if (status === 'processing' && phase === 'downloading')
        yield progress({
          type: 'download_progress',
          ...file,
          bytes_downloaded: done,
          bytes_total: total,
          batch_bytes_downloaded: batch.before + done,
          batch_bytes_total: Math.max(batch.total, total),
          ...elapsed(),
        });
      if (status === 'completed') yield progress({ type: 'download_done', ...file, ...elapsed() });
      if (status === 'failed') throw new PullFailedError(name, error?.message ?? 'it failed.');
      if (status === 'cancelled') throw new PullFailedError(name, 'somebody cancelled it.');
    }
  }

  private async isHere(name: string): Promise<boolean> {
    try {
      await this.names.find(name);
      return true;
    } catch (error) {
      if (error instanceof ModelNotFoundError) return false;
      throw error;
    }
  }
}
