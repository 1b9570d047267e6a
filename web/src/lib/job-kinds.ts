const KINDS: Readonly<Record<string, string>> = {
  text2img: 'Picture',
  img2img: 'Picture from picture',
  inpainting: 'Inpainting',
  controlnet: 'ControlNet',
  upscale: 'Upscaling',
  text2video: 'Video',
  load: 'Loading a model',
  convert: 'Conversion',
  download: 'Download',
  hash: 'Checksum',
};

/** What can be filtered by, in its order. */
export const KIND_NAMES: ReadonlyArray<{ value: string; label: string }> = Object.entries(
  KINDS,
).map(([value, label]) => ({ value, label }));

export function kindName(kind: string): string {
  return KINDS[kind] ?? kind;
}
