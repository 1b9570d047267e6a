import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { addressProblem } from '../../files/index.js';
import { Civitai, type CivitaiFile } from '../hubs/civitai.js';
import { AddressUnreachableError, HubUnavailableError } from '../hubs/hub.errors.js';
import { HubHttp, refuse, shownAddress, type Fetched } from '../hubs/hub-http.js';
import { HuggingFace, type HuggingFaceFile } from '../hubs/hugging-face.js';
import type { ModelType } from '../model-type.js';
import type { DownloadSource, WantedDownload } from './download-request.js';
import { nameInHeader, recognise, type Recognised } from './recognise.js';

/** A file that can be downloaded, as far as it is known before. */
export interface FoundFile {
  source: DownloadSource;
  url: URL;
  /** As its server calls it; empty where that is not known. */
  filename: string;
  /** Bytes, for sure; null where only the download tells. */
  size: number | null;
  /** Bytes, as far as is known. */
  estimate: number | null;
  /** Lower-case hex. */
  sha256: string | null;
  /** Where the source knows it. */
  modelType: ModelType | null;
  /** What it is called at its source, for the job. */
  reference: Record<string, string>;
}

/** Statuses of servers that have the file and do not answer HEAD, as those behind signed addresses. */
const NO_HEAD = [401, 403, 405, 501];

function missing(field: string, message: string): never {
  throw new ValidationError([{ field, message }]);
}

function fromCivitai(file: CivitaiFile): FoundFile {
  const { filename, size, sha256, modelType, modelId, versionId } = file;
  return {
    source: 'civitai',
    url: new URL(file.downloadUrl),
    filename,
    // Kilobytes with a fraction: near, and not to the byte.
    size: null,
    estimate: size,
    sha256,
    modelType,
    reference: { model_id: `${modelId}:${versionId}` },
  };
}

function fromHuggingFace(file: HuggingFaceFile): FoundFile {
  const { repoId, filename, revision, size, sha256, downloadUrl } = file;
  return {
    source: 'huggingface',
    url: new URL(downloadUrl),
    filename,
    size,
    estimate: size,
    sha256,
    modelType: null,
    reference: { repo_id: repoId, filename, revision },
  };
}

function lengthOf({ status, headers }: Fetched): number | null {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return status === 200 && Number.isSafeInteger(length) && length > 0 ? length : null;
}

/** Finds out what is to be downloaded, by asking where it comes from. */
@Injectable()
export class DownloadSources {
  private readonly hubs: { civitai: string; huggingFace: string };

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly http: HubHttp,
    private readonly civitai: Civitai,
    private readonly huggingFace: HuggingFace,
  ) {
    const { civitaiUrl, huggingfaceUrl } = config.hubs;
    this.hubs = { civitai: civitaiUrl, huggingFace: huggingfaceUrl };
  }

  /** @throws ValidationError, AddressRefusedError, and what the hubs' clients throw. */
  async find(wanted: WantedDownload): Promise<FoundFile> {
    const { source, modelId, repoId, filename, revision, url } = wanted;
    const byFields = modelId ? 'civitai' : repoId ? 'huggingface' : 'url';
    switch (source ?? byFields) {
      case 'civitai':
        if (!modelId && url) return this.fromAddress(url, true);
        return fromCivitai(
          await this.civitai.file(
            modelId || missing('model_id', 'model_id is needed for civitai.'),
          ),
        );
      case 'huggingface':
        if (!repoId && url) return this.fromAddress(url, true);
        return fromHuggingFace(
          await this.huggingFace.file({
            repoId: repoId || missing('repo_id', 'repo_id is needed for huggingface.'),
            filename: filename || missing('filename', 'filename is needed for huggingface.'),
            ...(revision && { revision }),
          }),
        );
      case 'url':
        if (!url)
          missing('url', 'One of url, model_id (Civitai) and repo_id (Hugging Face) is needed.');
        return this.fromAddress(url, source === undefined);
    }
  }

  private async fromAddress(address: string, isHub: boolean): Promise<FoundFile> {
    const url = URL.parse(address);
    const problem = addressProblem(url);
    if (!url || problem) missing('url', `url ${problem}.`);
    const known = isHub ? recognise(url, this.hubs) : undefined;
    return known ? this.fromHub(known) : this.fromServer(url);
  }

  private async fromHub(known: Recognised): Promise<FoundFile> {
    if (known.hub === 'huggingface') return fromHuggingFace(await this.huggingFace.file(known));
    const { modelId, versionId } = known;
    if (versionId === undefined) return fromCivitai(await this.civitai.file(modelId ?? ''));
    return fromCivitai(await this.civitai.version(versionId, modelId));
  }

  /** A file on any server: what it says of it, if it says anything before. */
  private async fromServer(url: URL): Promise<FoundFile> {
    try {
      return await this.askServer(url);
    } catch (error) {
      // No hub of ours, but what the caller has named.
      if (error instanceof HubUnavailableError)
        throw new AddressUnreachableError(url.host, error.reason, error.cause);
      throw error;
    }
  }

  private async askServer(url: URL): Promise<FoundFile> {
    const what = `file at ${shownAddress(url)}`;
    return this.http.ask(url.host, url, { method: 'HEAD' }, (answer) => {
      const isKnown = !NO_HEAD.includes(answer.status);
      if (isKnown) refuse(this.http.nameOf(answer.url), what, answer);
      const last = decodeName(answer.url.pathname) || decodeName(url.pathname);
      const told = isKnown ? nameInHeader(answer.headers['content-disposition']) : undefined;
      const estimate = isKnown ? lengthOf(answer) : null;
      return {
        source: 'url',
        url,
        filename:
          told ?? (decodeName(url.pathname).includes('.') ? decodeName(url.pathname) : last),
        size: null,
        estimate,
        sha256: null,
        modelType: null,
        reference: {},
      };
    });
  }
}

function decodeName(pathname: string): string {
  const name = pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
