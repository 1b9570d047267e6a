import type { Model } from '../../../models/index.js';

/** Architectures whose models edit what they are shown, all of them or those with such a name. */
const EDITORS: Readonly<Record<string, RegExp>> = {
  flux: /kontext/i,
  flux2: /./,
  'flux2-klein': /./,
  'qwen-image': /edit/i,
};

/** Whether a model is shown the pictures to edit, any number of them, instead of beginning from one. */
export function editsByReference({ architecture, name }: Model): boolean {
  return EDITORS[architecture ?? '']?.test(name) ?? false;
}
