import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { AppError, toAppError, type ServerSentEvent } from '../../../common/index.js';
import {
  ModelDownloads,
  ModelNotFoundError,
  type StartedDownload,
  type WantedDownload,
} from '../../../models/index.js';
import { JobFollower } from '../../../queue/index.js';
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

function progress(data: object): ServerSentEvent {
  return { event: 'progress', data };
}

/** Gets models from elsewhere; the download is a job that goes on though nobody waits for it. */
@Injectable()
export class MoldPulls {
  constructor(
    private readonly names: MoldNames,
    private readonly downloads: ModelDownloads,
    private readonly follower: JobFollower,
  ) {}

  /**
   * Begins a download; undefined where the model is here already.
   * @throws UnknownModelError, and whatever ModelDownloads throws
   */
  async start(
    caller: Principal,
    name: string,
    address: string | undefined,
  ): Promise<StartedDownload | undefined> {
    const wanted = sourceOf(name);
    if (wanted) {
      const origin = { dialect: 'mold', params: { model: name.replace(/\?.*$/s, '') } };
      return this.downloads.start(caller, wanted, { address, origin });
    }
    if (await this.isHere(name)) return undefined;
    throw new UnknownModelError(name);
  }

  /** How the download goes on, told in events, until the model is here. Throws nothing. */
  async *events(
    caller: Principal,
    name: string,
    started: StartedDownload | undefined,
    gone: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    try {
      if (started) yield* this.download(caller, name, started, gone);
      if (!gone.aborted) yield progress({ type: 'pull_complete', model: name });
    } catch (error) {
      yield { event: 'error', data: { message: toAppError(error).message } };
    }
  }

  private async *download(
    caller: Principal,
    name: string,
    { downloadJobId, filename, size }: StartedDownload,
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent, void> {
    const file = { filename, file_index: 1, total_files: 1 };
    for await (const update of this.follower.follow(caller, downloadJobId, { signal })) {
      const { status, phase, current_step: done, total_steps, time_elapsed, error } = update;
      const total = total_steps || (size ?? 0);
      if (status === 'queued') yield progress({ type: 'queued', position: update.position ?? 1 });
      if (status === 'processing' && phase === 'downloading')
        yield progress({
          type: 'download_progress',
          ...file,
          bytes_downloaded: done,
          bytes_total: total,
          batch_bytes_downloaded: done,
          batch_bytes_total: total,
          batch_elapsed_ms: time_elapsed,
        });
      if (status === 'completed')
        yield progress({ type: 'download_done', ...file, batch_elapsed_ms: time_elapsed });
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

  /** Waits until the model is here. @throws PullFailedError */
  async finished(
    caller: Principal,
    name: string,
    started: StartedDownload | undefined,
    gone: AbortSignal,
  ): Promise<void> {
    if (!started) return;
    // Followed to its end, without a word on the way.
    for await (const _ of this.download(caller, name, started, gone));
  }
}
