import { extname } from 'node:path';
import type { ModelType } from './model-type.js';
import type { Model } from './model.js';

/** How much of a SHA-256 must be given: as much as other programs show of it. */
const HASH = /^[0-9a-f]{10,64}$/;

function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/** Whether a name with folders in it, as seen from the folder of its type, is that of the path. */
function isEndOf(path: string, wanted: string): boolean {
  if (!wanted.includes('/') || wanted.startsWith('/')) return false;
  return path.endsWith(`/${wanted}`) || stem(path).endsWith(`/${wanted}`);
}

/**
 * The model of one of these types with this id, name, path below its models folder or a folder
 * in that, or hash of its main file (whole, or its first 10 characters and more); a name or path may lack
 * the file's ending.
 * @param hashOf lower-case hex, as far as it is known.
 */
export function findAmong(
  models: readonly Model[],
  wanted: string,
  types: readonly ModelType[],
  hashOf: (model: Model) => string | undefined,
): Model | undefined {
  const candidates = models.filter(({ type }) => types.includes(type));
  const hash = wanted.toLowerCase();
  return (
    candidates.find(({ id }) => id === wanted) ??
    candidates.find(({ name }) => name === wanted) ??
    candidates.find(({ relativePath }) => relativePath === wanted) ??
    candidates.find(({ name }) => stem(name) === wanted) ??
    candidates.find(({ relativePath }) => stem(relativePath) === wanted) ??
    candidates.find(({ relativePath }) => isEndOf(relativePath, wanted)) ??
    (HASH.test(hash) ? candidates.find((model) => hashOf(model)?.startsWith(hash)) : undefined)
  );
}
