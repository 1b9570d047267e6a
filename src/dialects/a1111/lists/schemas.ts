const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };
const NOTHING = { type: 'null' };

/** An object with all of these, and nothing else. */
export function object(properties: Record<string, object>): object {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  };
}

export function list(items: object): object {
  return { type: 'array', items };
}

export const EMPTY_LIST = { type: 'array', items: {}, maxItems: 0 };

export const CHECKPOINTS = list(
  object({
    title: TEXT,
    model_name: TEXT,
    hash: TEXT_OR_NULL,
    sha256: TEXT_OR_NULL,
    filename: TEXT,
    config: NOTHING,
  }),
);

export const VAES = list(object({ model_name: TEXT, filename: TEXT }));

export const SAMPLERS = list(
  object({
    name: TEXT,
    aliases: list(TEXT),
    options: { type: 'object', additionalProperties: TEXT },
  }),
);

export const SCHEDULERS = list(
  object({
    name: TEXT,
    label: TEXT,
    aliases: { anyOf: [list(TEXT), NOTHING] },
    default_rho: { type: 'number' },
    need_inner_model: { type: 'boolean' },
  }),
);

export const UPSCALERS = list(
  object({
    name: TEXT,
    model_name: TEXT_OR_NULL,
    model_path: TEXT_OR_NULL,
    model_url: NOTHING,
    scale: { type: ['number', 'null'] },
  }),
);

export const MODES = list(object({ name: TEXT }));

export const LORAS = list(object({ name: TEXT, alias: TEXT, path: TEXT, metadata: object({}) }));

export const EMBEDDINGS = object({
  loaded: {
    type: 'object',
    additionalProperties: object({
      step: NOTHING,
      sd_checkpoint: NOTHING,
      sd_checkpoint_name: NOTHING,
      shape: NOTHING,
      vectors: NOTHING,
    }),
  },
  skipped: object({}),
});

export const SCRIPTS = object({ txt2img: EMPTY_LIST, img2img: EMPTY_LIST });

const BYTES = { type: 'integer', description: 'Bytes.' };

const ROOM = object({ free: BYTES, used: BYTES, total: BYTES });

export const MEMORY = object({
  ram: ROOM,
  cuda: { oneOf: [object({ system: ROOM }), object({ error: TEXT })] },
});
