import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import type { Answer } from '../../files/index.js';
import { HubHttp, refuse, type Fetched } from './hub-http.js';
import { FileNotAcceptedError, HubNotFoundError, HubRefusedError } from './hub.errors.js';
import { HUGGING_FACE, tokenAdvice } from './hub-names.js';
import { sha256In } from './json.js';
import { isWeightName } from './weight-name.js';

/** A repository: a name, or an owner and a name. */
const REPO = /^[A-Za-z0-9][\w.-]{0,95}(?:\/[A-Za-z0-9_][\w.-]{0,95})?$/;
const REVISION = /^[\w][\w./-]{0,199}$/;
const LONGEST_PATH = 500;

/** A file in a repository on Hugging Face. */
export interface WantedHubFile {
  repoId: string;
  /** Path in the repository. */
  filename: string;
  /** Branch, tag or commit; `main` unless given. */
  revision?: string;
}

export interface HuggingFaceFile extends Required<WantedHubFile> {
  /** Bytes. */
  size: number | null;
  /** null for a file that is not kept as a large one. */
  sha256: string | null;
  /** The commit that the revision is now. */
  commit: string | null;
  downloadUrl: string;
}

function hasBadPart(path: string): boolean {
  return path.split('/').some((part) => part === '' || part === '.' || part === '..');
}

function check(field: string, good: boolean, message: string): void {
  if (!good) throw new ValidationError([{ field, message }]);
}

/** @throws ValidationError */
function checkWanted({ repoId, filename, revision }: Required<WantedHubFile>): void {
  check(
    'repo_id',
    REPO.test(repoId) && !hasBadPart(repoId),
    'repo_id must be a repository like owner/name.',
  );
  const isPath =
    filename.length <= LONGEST_PATH && !/[\p{Cc}\\]/u.test(filename) && !hasBadPart(filename);
  check('filename', isPath, 'filename must be the path of a file in the repository.');
  check(
    'revision',
    REVISION.test(revision) && !hasBadPart(revision),
    'revision must be a branch, a tag or a commit.',
  );
}

function header({ headers }: Answer, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function sizeOf(answer: Fetched): number | null {
  const text = header(answer, 'x-linked-size') || header(answer, 'content-length');
  const isOwn = header(answer, 'x-linked-size') !== '' || answer.status === 200;
  return isOwn && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The hub of Hugging Face: files in repositories. */
@Injectable()
export class HuggingFace {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly http: HubHttp,
  ) {}

  /**
   * @throws ValidationError, HubNotFoundError, HubRefusedError, HubBusyError, HubUnavailableError,
   * FileNotAcceptedError
   */
  async file({ repoId, filename, revision = 'main' }: WantedHubFile): Promise<HuggingFaceFile> {
    const wanted = { repoId, filename, revision };
    checkWanted(wanted);
    if (!isWeightName(filename))
      throw new FileNotAcceptedError(`"${filename}" is no weight file by its ending.`);
    const url = this.addressOf(wanted);
    // Large files lie on another server; what is known of them is said before that.
    const isEnough = (answer: Answer): boolean => header(answer, 'x-linked-size') !== '';
    const fetching = { method: 'HEAD', isEnough } as const;
    return this.http.ask(HUGGING_FACE, url, fetching, (answer) => {
      if (answer.status >= 400) explain(wanted, answer);
      return {
        ...wanted,
        size: sizeOf(answer),
        sha256: sha256In(header(answer, 'x-linked-etag').replaceAll('"', '')),
        commit: header(answer, 'x-repo-commit') || null,
        downloadUrl: url.href,
      };
    });
  }

  private addressOf({ repoId, filename, revision }: Required<WantedHubFile>): URL {
    const path = filename.split('/').map(encodeURIComponent).join('/');
    const { huggingfaceUrl } = this.config.hubs;
    return new URL(`${huggingfaceUrl}/${repoId}/resolve/${encodeURIComponent(revision)}/${path}`);
  }
}

/** The hub says in a header what it means by 401, 403 and 404. */
function explain({ repoId, filename, revision }: Required<WantedHubFile>, answer: Fetched): never {
  const code = header(answer, 'x-error-code');
  if (code === 'GatedRepo')
    throw new HubRefusedError(
      `"${repoId}" on Hugging Face asks for consent: accept its terms there, and ${tokenAdvice(HUGGING_FACE)}.`,
    );
  if (code === 'RepoNotFound')
    throw new HubNotFoundError(
      `Hugging Face has no repository "${repoId}", or it is private: then ${tokenAdvice(HUGGING_FACE)}.`,
    );
  if (code === 'RevisionNotFound')
    throw new HubNotFoundError(`"${repoId}" on Hugging Face has no revision "${revision}".`);
  if (code === 'EntryNotFound')
    throw new HubNotFoundError(`"${repoId}" on Hugging Face has no file "${filename}".`);
  refuse(HUGGING_FACE, `file "${filename}" in "${repoId}"`, answer);
  throw new HubNotFoundError(`Hugging Face has no file "${filename}" in "${repoId}".`);
}
