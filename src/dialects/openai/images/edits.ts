import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../auth/index.js';
import { ValidationError } from '../../../common/index.js';
import { ImageWork, readImageHeader } from '../../../files/index.js';
import type { GenerationKind } from '../../../generate/index.js';
import type { Model } from '../../../models/index.js';
import { OpenaiModels } from '../models/models.service.js';
import { editsByReference } from './by-reference.js';
import { EDIT_FIELDS, isSaid, VARIATION_FIELDS } from './fields.js';
import type { PictureForm } from './form.js';
import { coreMask } from './mask.js';
import { readRequest, type ImagesRequest } from './request.js';

/** What a model without a word about it is made for, in pixels. */
const USUAL_SIDE = 1024;
const SIDES = { min: 64, max: 4096, step: 8 };

/** How far an edit goes from its picture; the second is what `strength` is without a word. */
const STRENGTH: Readonly<Record<string, number>> = { high: 0.5, low: 0.75 };

/** How far a variation goes. */
const VARIATION_STRENGTH = 0.6;

/** The names of this API for the pictures. */
const NAMES = { init_image: 'image', ref_images: 'image', mask_image: 'mask' };

/** A request that is ready to be submitted. */
export interface PreparedEdit {
  kind: GenerationKind;
  request: ImagesRequest;
}

function refuse(field: string, message: string): never {
  throw new ValidationError([{ field, message }]);
}

function side(pixels: number): number {
  const rounded = Math.round(pixels / SIDES.step) * SIDES.step;
  return Math.min(Math.max(rounded, SIDES.min), SIDES.max);
}

/** The size that suits the model, in the shape of the picture. */
async function sizeLike(picture: Buffer, { recommended }: Model): Promise<Record<string, number>> {
  const { width, height } = await readImageHeader(picture, 'image');
  const area = (recommended.width ?? USUAL_SIDE) * (recommended.height ?? USUAL_SIDE);
  const scale = Math.sqrt(area / (width * height));
  return { width: side(width * scale), height: side(height * scale) };
}

function saysSize({ size, width, height }: Record<string, unknown>): boolean {
  return (isSaid(size) && size !== 'auto') || isSaid(width) || isSaid(height);
}

function strengthOf({ strength, input_fidelity: fidelity }: Record<string, unknown>): object {
  if (isSaid(strength) || typeof fidelity !== 'string') return {};
  return { strength: STRENGTH[fidelity] };
}

function base64(picture: Buffer): string {
  return picture.toString('base64');
}

/** Turns requests that have pictures in them into those of the core. */
@Injectable()
export class OpenaiEdits {
  constructor(
    private readonly models: OpenaiModels,
    private readonly work: ImageWork,
  ) {}

  /** @throws ValidationError, ModelNotFoundError */
  async edit(caller: Principal, { images, mask, body }: PictureForm): Promise<PreparedEdit> {
    const request = readRequest(EDIT_FIELDS, body);
    const [first] = images;
    if (!first) refuse('image', 'image is missing: the picture to edit, a file of the form.');
    const model = await this.models.find(request.model);
    const byReference = editsByReference(model);
    if (images.length > 1 && !byReference)
      refuse('image', `image must be one picture: the model "${model.name}" edits one at a time.`);
    const size = saysSize(body) ? {} : await sizeLike(first, model);
    const references = byReference ? { ref_images: images.map(base64) } : {};
    const options = { ...request.options, ...size, ...references };
    const names = { ...request.names, ...NAMES };
    // It begins from nothing and looks at what it is shown: beginning from the picture would keep it as it is.
    if (byReference && !mask) return { kind: 'text2img', request: { ...request, options, names } };
    const begun = { ...options, ...strengthOf(body), init_image: base64(first) };
    if (!mask) return { kind: 'img2img', request: { ...request, options: begun, names } };
    const white = await this.work.run(caller.userId, () => coreMask(mask));
    const masked = { ...begun, mask_image: base64(white) };
    return { kind: 'inpainting', request: { ...request, options: masked, names } };
  }

  /** @throws ValidationError, ModelNotFoundError */
  async variation({ images, mask, body }: PictureForm): Promise<PreparedEdit> {
    const request = readRequest(VARIATION_FIELDS, body);
    const [picture, another] = images;
    if (!picture) refuse('image', 'image is missing: the picture to vary, a file of the form.');
    if (another) refuse('image', 'image must be one picture.');
    if (mask) refuse('mask', 'There is no field "mask" here.');
    const model = await this.models.find(request.model);
    const size = saysSize(body) ? {} : await sizeLike(picture, model);
    const options = {
      prompt: '',
      strength: VARIATION_STRENGTH,
      ...request.options,
      ...size,
      init_image: base64(picture),
    };
    const names = { ...request.names, ...NAMES };
    return { kind: 'img2img', request: { ...request, options, names } };
  }
}
