import type { DownloadModelDto } from '../../../api/generated/types.gen.js';

export type PullSource = NonNullable<DownloadModelDto['source']>;

export const SOURCES = [
  { value: 'huggingface', label: 'Hugging Face' },
  { value: 'civitai', label: 'Civitai' },
  { value: 'url', label: 'Address' },
];

/** A file in a repository. */
export interface RepoFile {
  repo_id: string;
  filename: string;
  revision: string;
}

function pathOf(text: string): string | undefined {
  return URL.parse(text.trim())?.pathname;
}

/** What the address of a file on Hugging Face, or of its page, names; undefined for every other text. */
export function repoFileOf(text: string): RepoFile | undefined {
  const found = /^\/([^/]+\/[^/]+)\/(?:resolve|blob)\/([^/]+)\/(.+)$/.exec(pathOf(text) ?? '');
  const [, repo_id, revision, filename] = (found ?? []).map(decodeURIComponent);
  return repo_id && revision && filename ? { repo_id, filename, revision } : undefined;
}

/** The number of a model on Civitai, perhaps with its version, out of it or of the address of its page. */
export function civitaiIdOf(text: string): string {
  const url = URL.parse(text.trim());
  const [, model] = /^\/models\/(\d+)/.exec(url?.pathname ?? '') ?? [];
  if (!model) return text.trim();
  const version = url?.searchParams.get('modelVersionId');
  return version ? `${model}:${version}` : model;
}
