import { GENERATION_KINDS, type OptionTable } from './option.js';

const SOURCES =
  'base64, a data URL, a file of a multipart form, or `job:<job id>/<filename>` of an earlier output, or `job:<job id>/<option>` of what went into it';

/** The kinds that ControlNet can guide. */
export const GUIDED_KINDS = ['text2img', 'img2img', 'inpainting', 'controlnet'] as const;

/** The picture to begin from. */
export const INPUT: OptionTable = {
  init_image: {
    type: 'picture',
    want: 'rgb',
    kinds: ['img2img', 'inpainting', 'controlnet', 'text2video'],
    requiredFor: ['img2img', 'inpainting'],
    request: 'initImage',
    doc: `The picture to begin from: ${SOURCES}.`,
  },
  strength: {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.75,
    kinds: ['img2img', 'inpainting', 'controlnet', 'text2video'],
    request: 'strength',
    doc: 'How far to go from the picture: 0 not at all, 1 all the way.',
  },
  mask_image: {
    type: 'picture',
    want: 'gray',
    kinds: ['inpainting'],
    requiredFor: ['inpainting'],
    request: 'maskImage',
    doc: `White where the picture is painted anew, black where it stays: ${SOURCES}.`,
  },
  masked_only: {
    type: 'boolean',
    kinds: ['inpainting'],
    doc: 'Draw only the part that the mask has, in `width` and `height`, and put it back into the picture, which keeps its size and all its other pixels.',
  },
  masked_padding: {
    type: 'integer',
    min: 0,
    max: 1024,
    default: 32,
    kinds: ['inpainting'],
    doc: 'How much around the mask is seen when only its part is drawn, in pixels of the picture.',
  },
};

/** Pictures to look at. */
export const REFERENCES: OptionTable = {
  ref_images: {
    type: 'pictures',
    want: 'rgb',
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet'],
    request: 'refImages',
    doc: `Pictures to edit or to take as reference, for models that do that; each ${SOURCES}. The model sees each in at most one megapixel, all in at most four.`,
  },
  auto_resize_ref_image: {
    type: 'boolean',
    request: 'autoResizeRefImage',
    doc: 'Fit reference pictures to the size of the result.',
  },
  increase_ref_index: {
    type: 'boolean',
    request: 'increaseRefIndex',
    doc: 'Number the reference pictures, for models that tell them apart.',
  },
};

/** Forms to follow. */
export const CONTROL: OptionTable = {
  control_image: {
    type: 'picture',
    want: 'rgb',
    kinds: [...GUIDED_KINDS, 'text2video'],
    requiredFor: ['controlnet'],
    request: 'controlImage',
    doc: `What ControlNet follows, or what guides every frame of a video: ${SOURCES}.`,
  },
  control_strength: {
    type: 'number',
    min: 0,
    max: 2,
    default: 0.9,
    kinds: GUIDED_KINDS,
    request: 'controlStrength',
    doc: 'How closely to follow the control picture.',
  },
  canny: {
    type: 'boolean',
    kinds: ['controlnet'],
    doc: 'Give ControlNet the edges of the control picture instead of the picture.',
  },
};

/** A person to draw. */
export const PHOTO_MAKER: OptionTable = {
  pm_id_images: {
    type: 'pictures',
    want: 'rgb',
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet'],
    request: 'photoMaker.idImages',
    doc: `Pictures of the person that PhotoMaker draws; each ${SOURCES}.`,
  },
  pm_id_embed_path: {
    type: 'component',
    part: 'photoMaker',
    types: ['embedding', 'checkpoint'],
    kinds: ['text2img', 'img2img', 'inpainting', 'controlnet'],
    request: 'photoMaker.idEmbedPath',
    doc: 'What PhotoMaker knows of the person already, a file in a models folder.',
  },
  pm_style_strength: {
    type: 'number',
    min: 0,
    max: 100,
    request: 'photoMaker.styleStrength',
    doc: 'Style strength of PhotoMaker, per cent.',
  },
};

/** Pictures made larger. */
export const UPSCALING: OptionTable = {
  image: {
    type: 'picture',
    want: 'rgb',
    kinds: ['upscale'],
    requiredFor: ['upscale'],
    request: 'image',
    doc: `The picture to enlarge: ${SOURCES}.`,
  },
  upscale_factor: {
    type: 'number',
    min: 1,
    max: 8,
    kinds: ['upscale'],
    doc: 'How many times larger each side becomes; without it the factor of the model.',
  },
  tile_size: {
    type: 'integer',
    min: 0,
    max: 4096,
    kinds: ['upscale'],
    load: 'tileSize',
    doc: 'Side of a tile of the input in pixels, 16 or more; 0: no tiles.',
  },
  upscale: {
    type: 'boolean',
    doc: 'Enlarge what was drawn with an upscaling model.',
  },
  upscale_model: {
    type: 'text',
    doc: 'Name or id of that model; without it the default upscaler.',
  },
  upscale_tile_size: {
    type: 'integer',
    min: 0,
    max: 4096,
    doc: 'Side of a tile of what that model enlarges, in pixels, 16 or more; 0: no tiles.',
  },
  upscale_repeats: {
    type: 'integer',
    min: 1,
    max: 4,
    kinds: GENERATION_KINDS,
    doc: 'How often a picture is enlarged, each time by the factor of the model or the one asked for.',
  },
};

/** Moving pictures. */
export const VIDEO: OptionTable = {
  video_frames: {
    type: 'integer',
    min: 1,
    max: 257,
    default: 17,
    kinds: ['text2video'],
    request: 'frames',
    doc: 'How many frames; the engine rounds to what the model can do.',
  },
  fps: {
    type: 'integer',
    min: 1,
    max: 60,
    default: 16,
    kinds: ['text2video'],
    request: 'fps',
    doc: 'Frames a second.',
  },
  end_image: {
    type: 'picture',
    want: 'rgb',
    kinds: ['text2video'],
    request: 'endImage',
    doc: `The last frame: ${SOURCES}.`,
  },
  control_frames: {
    type: 'pictures',
    want: 'rgb',
    kinds: ['text2video'],
    request: 'controlFrames',
    longest: 257,
    doc: `Frames that guide the video, for models that take them; each ${SOURCES}.`,
  },
  moe_boundary: {
    type: 'number',
    min: 0,
    max: 1,
    kinds: ['text2video'],
    request: 'moeBoundary',
    doc: 'Noise level at which the low-noise model of a pair takes over.',
  },
  vace_strength: {
    type: 'number',
    min: 0,
    max: 2,
    kinds: ['text2video'],
    request: 'vaceStrength',
    doc: 'How closely to follow the control frames.',
  },
  video_format: {
    type: 'choice',
    of: ['mp4', 'webm', 'webp'],
    default: 'mp4',
    kinds: ['text2video'],
    doc: 'Format of the video; animated WebP where no ffmpeg is installed.',
  },
};
