import { elementsOf, type TensorInfo, type WeightHeader } from '../headers/header.js';
import type { ModelType } from '../model-type.js';
import { ARCHITECTURE_RULES, DRAWING_TYPES } from './architecture-rules.js';
import { TensorNames } from './rule.js';
import { TYPE_RULES } from './type-rules.js';

/** What a weight file is, as far as its header tells. */
export interface Identity {
  format: WeightHeader['format'];
  /** null: like nothing that the rules know. */
  type: ModelType | null;
  architecture: string | null;
  /** How most of its bytes are stored, as the engine spells it; null for a file without tensors. */
  weightType: string | null;
  /** How many numbers it holds. */
  parameters: number;
  /** Its own description, for example of a LoRA; empty where there is none. */
  description: string;
}

/** Longest description that is kept, in characters. */
const DESCRIPTION_LENGTH = 500;

/** Where files describe themselves: the "ModelSpec" of Stability AI, and GGUF's own. */
const DESCRIPTIONS = ['modelspec.description', 'general.description'];

function weightTypeOf(tensors: readonly TensorInfo[]): string | null {
  const bytesByType = new Map<string, number>();
  for (const { type, bytes } of tensors)
    bytesByType.set(type, (bytesByType.get(type) ?? 0) + bytes);
  const [most] = [...bytesByType].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** What a file with these tensors is; null when no rule fits. */
export function typeOfTensors(tensors: readonly TensorInfo[]): ModelType | null {
  const names = new TensorNames(tensors);
  return TYPE_RULES.find((rule) => names.fits(rule))?.type ?? null;
}

/** The architecture of a file of this type; null when no rule fits. */
export function architectureOf(
  { tensors, metadata }: WeightHeader,
  type: ModelType,
): string | null {
  const names = new TensorNames(tensors, type === 'lora');
  const found = ARCHITECTURE_RULES.find(
    (rule) => (rule.types ?? DRAWING_TYPES).includes(type) && names.fits(rule),
  );
  if (found) return found.architecture;
  const said = metadata['general.architecture'];
  return type === 'llm' && typeof said === 'string' ? said.slice(0, 64) : null;
}

/** @param settle what the file counts as, given what its tensors say. */
export function identify(
  header: WeightHeader,
  settle: (detected: ModelType | null) => ModelType,
): Identity {
  const { format, tensors, metadata } = header;
  const detected = typeOfTensors(tensors);
  const said = DESCRIPTIONS.map((name) => metadata[name]).find((text) => typeof text === 'string');
  return {
    format,
    type: detected,
    architecture: architectureOf(header, settle(detected)),
    weightType: weightTypeOf(tensors),
    parameters: tensors.reduce((sum, { name, shape }) => sum + elementsOf(name, shape), 0),
    description: String(said ?? '').slice(0, DESCRIPTION_LENGTH),
  };
}
