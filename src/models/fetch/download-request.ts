import type { ModelType } from '../model-type.js';

export const DOWNLOAD_SOURCES = ['url', 'civitai', 'huggingface'] as const;

export type DownloadSource = (typeof DOWNLOAD_SOURCES)[number];

/** A model file that somebody wants to have. */
export interface WantedDownload {
  /** Absent: told by the other fields; an address of a hub is understood as what it stands for there. */
  source?: DownloadSource;
  /** Absent: what Civitai says. */
  modelType?: ModelType;
  url?: string;
  /** On Civitai: `123`, or `123:456` for a version. */
  modelId?: string;
  repoId?: string;
  /** Path in the repository on Hugging Face; for an address, the name to save it as. */
  filename?: string;
  revision?: string;
  /** Name to save it as. */
  saveAs?: string;
  /** Below the folder of its type. */
  subfolder?: string;
  /** Its SHA-256, if the caller knows it. */
  sha256?: string;
}

/** What a job of kind `download` needs to know; its owner can read it. */
export interface DownloadRequest {
  source: DownloadSource;
  model_type: ModelType;
  /** The address without its query, which may hold a token. */
  url: string;
  /** The whole address where it has a query, readable for this server only. */
  sealed_url?: string;
  /** Where it goes, absolute. */
  path: string;
  filename: string;
  subfolder: string | null;
  /** Bytes, for sure. */
  size: number | null;
  /** Bytes, as far as is known. */
  estimate: number | null;
  sha256: string | null;
  /** What it is called at its source. */
  reference: Record<string, string>;
}

/** What a job of kind `hash` needs to know. */
export interface HashRequest {
  /** Absolute. */
  path: string;
  filename: string;
}
