import { extname } from 'node:path';
import type { Model } from '../../../models/index.js';

/** How weights are stored, at the end of a name: `Q8_0`, `fp8_e4m3fn`, `bf16`. */
const QUANTISATION =
  /[-_.](i?q\d(?:_(?:nl|xxs|xs|[01ksml]))*|(?:fp|bf|f)\d{1,2}(?:_e\dm\d(?:fn)?)?|nf4)$/i;

/** The tag of a model of which nothing is known. */
const LATEST = 'latest';

/** The tags that a name without one stands for, the likelier first. */
const USUAL = ['q8', 'fp16', 'bf16', 'fp8', 'q6', 'q5', 'q4', LATEST];

/** A name as mold has it: what the model is, and how its weights are stored. */
export interface TaggedName {
  base: string;
  /** Short, such as `q8`. */
  tag: string;
  /** In full, such as `q8_0`. */
  fullTag: string;
}

function stemOf({ manifest, name }: Model): string {
  const stem = manifest === null ? name.slice(0, name.length - extname(name).length) : name;
  return stem.toLowerCase().replaceAll(':', '-');
}

function shortened(tag: string): string {
  const [, prefix = '', digits = ''] = /^(i?q|fp|bf|f)(\d+)/.exec(tag) ?? [];
  return prefix === '' ? tag : `${prefix === 'f' ? 'fp' : prefix}${digits}`;
}

/** What a model is called by its file: `flux1-dev-Q4_K_S.gguf` is `flux-dev:q4`. */
export function taggedNameOf(model: Model): TaggedName {
  const stem = stemOf(model);
  const [ending = '', quantisation] = QUANTISATION.exec(stem) ?? [];
  const fullTag = quantisation ?? model.weightType?.toLowerCase() ?? LATEST;
  const base = stem.slice(0, stem.length - ending.length).replace(/^flux1-/, 'flux-');
  return { base, tag: shortened(fullTag), fullTag };
}

/** How likely a tag is meant where none is said: 0 is the likeliest. */
export function rankOf(tag: string): number {
  const rank = USUAL.indexOf(tag);
  return rank === -1 ? USUAL.length : rank;
}

/** A name without what people write in many ways: `dreamshaper:v8` and `DreamShaper_v8`. */
export function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\da-z]/g, '');
}

/** The file name without its ending, as {@link plain} writes it. */
export function plainStem(model: Model): string {
  return plain(stemOf(model));
}
