/** What an address of a hub stands for. */
export type Recognised =
  | { hub: 'civitai'; modelId?: string; versionId?: string }
  | { hub: 'huggingface'; repoId: string; filename: string; revision: string };

/** The path of an address below a hub's own; undefined for an address elsewhere. */
function below(base: string, url: URL): string | undefined {
  const { origin, pathname } = new URL(base);
  const root = pathname.replace(/\/$/, '');
  if (url.origin !== origin || !url.pathname.startsWith(`${root}/`)) return undefined;
  return url.pathname.slice(root.length);
}

/**
 * What is meant by an address that people copy from a hub: a page of a model, or a link to a file.
 * @returns undefined for every other address
 */
export function recognise(
  url: URL,
  hubs: { civitai: string; huggingFace: string },
): Recognised | undefined {
  return onCivitai(below(hubs.civitai, url), url) ?? onHuggingFace(below(hubs.huggingFace, url));
}

function onCivitai(path: string | undefined, url: URL): Recognised | undefined {
  const [, versionId] = /^\/api\/download\/models\/(\d+)$/.exec(path ?? '') ?? [];
  // A query there chooses one of the version's files, and may hold a token: the address is taken as it is.
  if (versionId !== undefined) return url.search ? undefined : { hub: 'civitai', versionId };
  const [, modelId] = /^\/models\/(\d+)(?:\/|$)/.exec(path ?? '') ?? [];
  if (modelId === undefined) return undefined;
  const version = url.searchParams.get('modelVersionId');
  const isNumber = version !== null && /^\d+$/.test(version);
  return { hub: 'civitai', modelId, ...(isNumber && { versionId: version }) };
}

function onHuggingFace(path: string | undefined): Recognised | undefined {
  const found = /^\/([^/]+\/[^/]+)\/(?:resolve|blob)\/([^/]+)\/(.+)$/.exec(path ?? '');
  const [, repoId, revision, filename] = found ?? [];
  if (repoId === undefined || revision === undefined || filename === undefined) return undefined;
  try {
    return {
      hub: 'huggingface',
      repoId: decodeURIComponent(repoId),
      revision: decodeURIComponent(revision),
      filename: decodeURIComponent(filename),
    };
  } catch {
    return undefined;
  }
}

/** The file name in a `Content-Disposition` (RFC 6266); the extended form is preferred. */
export function nameInHeader(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  const [, extended] = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(text ?? '') ?? [];
  const [, quoted, plain] =
    /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(text ?? '') ?? [];
  try {
    if (extended !== undefined) return decodeURIComponent(extended.trim());
  } catch {
    // A name that cannot be decoded is as good as none.
  }
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
}
