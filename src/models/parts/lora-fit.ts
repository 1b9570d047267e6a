import type { TensorInfo } from '../headers/header.js';

/** A LoRA's name for a matrix that it changes, with the half that it is. */
const NAMED =
  /^(?:base_model\.model\.)?(?:model\.diffusion_model\.|diffusion_model\.|transformer\.)?(.+)\.(lora_A|lora_down|lora_B|lora_up)(?:\.default)?\.weight$/u;

const MODEL_PREFIX = 'model.diffusion_model.';

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
    const [, layer, half = ''] = NAMED.exec(name) ?? [];
    const whole = shapes.get(`${layer}.weight`);
    if (!layer || whole?.length !== 2 || shape.length !== 2) continue;
    const axis = ['lora_A', 'lora_down'].includes(half) ? 1 : 0;
    if (whole[axis] !== shape[axis]) return layer;
  }
  return undefined;
}
