import type { JobUpdate } from '../../../events/index.js';
import { decodeImage, encodePng } from '../../../files/index.js';

/** What the stages of a job are called to people. */
export const STAGES: Readonly<Partial<Record<NonNullable<JobUpdate['phase']>, string>>> = {
  loading: 'Loading model weights',
  encoding: 'Encoding the prompt',
  sampling: 'Denoising',
  decoding: 'Decoding the picture',
  saving: 'Saving',
};

/** A picture in the making as its clients read it: PNG, as base64. */
export async function pngOf(preview: string | Buffer): Promise<string> {
  const pixels = await decodeImage(preview, 'preview', 'rgb');
  return (await encodePng(pixels, {})).toString('base64');
}
