import type { TensorInfo } from '../headers/header.js';

/** What trainers put before the names of a model's matrices; of the second kind one only. */
const WRAPPER = 'base_model.model.';
const PREFIXES = ['model.diffusion_model.', 'diffusion_model.', 'transformer.'];

const ENDINGS = ['.default.weight', '.weight'];
const HALVES = ['lora_A', 'lora_down', 'lora_B', 'lora_up'];

const MODEL_PREFIX = 'model.diffusion_model.';

function withoutBeginning(text: string, beginnings: readonly string[]): string {
  const found = beginnings.find((one) => text.startsWith(one) && text.length > one.length);
  return found === undefined ? text : text.slice(found.length);
}

/** The matrix that a tensor of a LoRA changes, and which half of the change it is; undefined for other names. */
function changed(name: string): { layer: string; half: string } | undefined {
  const ending = ENDINGS.find((one) => name.endsWith(one));
  if (ending === undefined) return undefined;
  const stem = name.slice(0, name.length - ending.length);
  const half = HALVES.find((one) => stem.endsWith(`.${one}`));
  if (half === undefined) return undefined;
  const whole = stem.slice(0, stem.length - half.length - 1);
  const layer = withoutBeginning(withoutBeginning(whole, [WRAPPER]), PREFIXES);
  return layer === '' ? undefined : { layer, half };
}

/**
 * The first matrix of the model that the LoRA names as the model does, but has another size for; undefined where
 * there is none. The engine ends with a failed assert in ggml_mul_mat when it draws with such a LoRA.
 */
export function otherSize(
  lora: readonly TensorInfo[],
  model: readonly TensorInfo[],
): string | undefined {
  const shapes = new Map(
    model.map(({ name, shape }) => [
      name.startsWith(MODEL_PREFIX) ? name.slice(MODEL_PREFIX.length) : name,
      shape,
    ]),
  );
  for (const { name, shape } of lora) {
    const { layer, half = '' } = changed(name) ?? {};
    const whole = shapes.get(`${layer}.weight`);
    if (!layer || whole?.length !== 2 || shape.length !== 2) continue;
    const axis = ['lora_A', 'lora_down'].includes(half) ? 1 : 0;
    if (whole[axis] !== shape[axis]) return layer;
  }
  return undefined;
}
