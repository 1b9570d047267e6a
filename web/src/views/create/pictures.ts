import { fetchPicture, outputAddress } from '../../lib/picture-address.js';
import type { Size } from './sizes.js';

/** An output of a job as an input: `job:<job id>/<filename>`. */
export function jobPicture(jobId: string, filename: string): string {
  return `job:${jobId}/${filename}`;
}

/** Where a picture of the form can be seen; undefined for one that only the server has. */
export function addressOf(picture: string): string | undefined {
  if (picture.startsWith('data:')) return picture;
  const [, jobId, filename] = /^job:([0-9a-f-]+)\/([^/]+\.\w+)$/.exec(picture) ?? [];
  return jobId && filename ? outputAddress(jobId, filename) : undefined;
}

/** A file as a data URL. */
export function dataUrlOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(new Error('The file cannot be read.')));
    reader.readAsDataURL(file);
  });
}

/** The first picture among what was dropped or pasted. */
export function pictureIn(data: DataTransfer | null): File | undefined {
  return [...(data?.files ?? [])].find(({ type }) => type.startsWith('image/'));
}

/** How large a picture of the form is; undefined for one that only the server has. */
export async function pictureSize(picture: string): Promise<Size | undefined> {
  const address = addressOf(picture);
  if (!address) return undefined;
  const here = address.startsWith('data:') ? address : await fetchPicture(address);
  const image = new Image();
  image.src = here;
  await image.decode();
  if (here !== address) URL.revokeObjectURL(here);
  return { width: image.naturalWidth, height: image.naturalHeight };
}
