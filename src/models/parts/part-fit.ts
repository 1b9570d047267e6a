import type { ModelFiles } from '../../engine/index.js';
import type { ModelType } from '../model-type.js';
import { FAMILY_RULES, PART_TYPES, RARE_PARTS, UNETS } from './part-rules.js';

/** What is known of a file; null where its tensors say nothing. */
export interface KnownAs {
  type: ModelType | null;
  architecture: string | null;
}

/** The files of a part in words: `a model of type vae`. */
function ofType(types: readonly string[]): string {
  return `a model of type ${types.join(' or ')}`;
}

/**
 * Why a file cannot take a part of a model, as the end of a sentence about the file; undefined where it can, and
 * wherever that cannot be told for certain.
 * @param of architecture of the model.
 */
export function partMisfit(
  part: keyof ModelFiles,
  file: KnownAs,
  of: string | null,
): string | undefined {
  const types = PART_TYPES[part];
  if (types && file.type && !types.includes(file.type))
    return `is ${ofType([file.type])}, and this must be ${ofType(types)}`;
  const family = FAMILY_RULES.find((rule) => of !== null && rule.of.includes(of));
  if (!family) return undefined;
  const wanted = family.parts[part];
  if (!wanted && RARE_PARTS.includes(part)) return `cannot be a part of a model of ${of}`;
  if (!wanted || file.architecture === null || wanted.includes(file.architecture)) return undefined;
  return `is of the architecture ${file.architecture}, and a model of ${of} needs ${wanted.join(' or ')}`;
}

function unetOf(architecture: string | null): readonly string[] | undefined {
  return UNETS.find((one) => architecture !== null && one.includes(architecture));
}

/**
 * As {@link partMisfit}, for a LoRA. Only of UNets the architecture is certain: many transformers have
 * layers of the same name.
 */
export function loraMisfit(file: KnownAs, of: string | null): string | undefined {
  if (file.type && file.type !== 'lora')
    return `is ${ofType([file.type])}, and this must be ${ofType(['lora'])}`;
  const [wanted, found] = [unetOf(of), unetOf(file.architecture)];
  const known = of !== null && file.architecture !== null && (wanted ?? found);
  if (!known || wanted === found) return undefined;
  return `is for ${file.architecture}, and the model is of ${of}`;
}
