import { optionsSchema, type GenerationKind } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { JobCancelledError, JobFailedError, SUBMISSION_ERRORS } from '../../../queue/index.js';
import { NO_USAGE } from './answers.js';
import {
  EDIT_FIELDS,
  fieldsSchema,
  GENERATION_FIELDS,
  VARIATION_FIELDS,
  type OwnFields,
} from './fields.js';

const EXAMPLE_JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

const COUNT = { type: 'integer', minimum: 0 };
const TEXT = { type: 'string' };

const PICTURE = {
  oneOf: ['url', 'b64_json'].map((name) => ({
    type: 'object',
    required: [name],
    additionalProperties: false,
    properties: { [name]: TEXT },
  })),
};

const SCHEMA = {
  type: 'object',
  required: ['created', 'data', 'background', 'output_format', 'quality', 'size', 'usage'],
  additionalProperties: false,
  properties: {
    created: { type: 'integer', description: 'Unix time in seconds.' },
    data: { type: 'array', items: PICTURE },
    background: { enum: ['opaque'] },
    output_format: { enum: ['png', 'jpeg', 'webp'] },
    quality: TEXT,
    size: TEXT,
    usage: {
      type: 'object',
      description: 'Nothing here is counted in tokens.',
      required: Object.keys(NO_USAGE),
      additionalProperties: false,
      properties: {
        input_tokens: COUNT,
        input_tokens_details: {
          type: 'object',
          required: Object.keys(NO_USAGE.input_tokens_details),
          additionalProperties: false,
          properties: { image_tokens: COUNT, text_tokens: COUNT },
        },
        output_tokens: COUNT,
        total_tokens: COUNT,
      },
    },
  },
};

const EXAMPLE = {
  created: 1_763_700_000,
  data: [{ url: `https://atelier.example/v1/images/files/${EXAMPLE_JOB}/image_0.png` }],
  background: 'opaque',
  output_format: 'png',
  quality: 'high',
  size: '1024x1024',
  usage: NO_USAGE,
};

/** The good answer of every route that makes pictures. */
export const ANSWER = {
  details:
    "Waits until the pictures are made. Besides its own fields it takes the core's options by their names, such as `negative_prompt`, `steps` or `seed`; every field may be null. With `stream` the answer is events: `….partial_image`, `….completed`, or `error`. A client that hangs up cancels the job, unless it announces another try.",
  files: ['text/event-stream'],
  json: {
    schema: SCHEMA as object,
    example: EXAMPLE,
  },
};
/** How every request for pictures may fail. */
export const REFUSALS = [
  new ModelNotFoundError('gpt-5', ['tiny-emoji']),
  new JobFailedError({ code: 'GENERATION_FAILED', message: 'The engine made no picture.' }),
  new JobCancelledError(EXAMPLE_JOB),
  ...SUBMISSION_ERRORS,
];

/** Called otherwise here. */
const NOT_HERE = ['model_name', 'batch_count', 'output_quality'];

function nullable(schema: object): object {
  const { type } = schema as { type?: string | string[] };
  if (type === undefined || 'enum' in schema) return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [...[type].flat(), 'null'] };
}

function bodySchema(kind: GenerationKind, fields: OwnFields, required: string[]): object {
  const { properties } = optionsSchema(kind) as { properties: Record<string, object> };
  const options = Object.entries(properties)
    .filter(([name]) => !NOT_HERE.includes(name) && !Object.hasOwn(fields, name))
    .map(([name, schema]) => [name, name === 'prompt' ? schema : nullable(schema)]);
  return {
    type: 'object',
    required,
    additionalProperties: false,
    properties: { ...(Object.fromEntries(options) as object), ...fieldsSchema(fields) },
  };
}

export const GENERATION_BODY = bodySchema('text2img', GENERATION_FIELDS, ['prompt']);

/** Pictures are sent as files here. */
const PICTURES = ['init_image', 'ref_images', 'mask_image'];

const FILE = { type: 'string', format: 'binary' };

function formSchema(
  kind: GenerationKind,
  fields: OwnFields,
  files: Record<string, object>,
): object {
  const required = kind === 'inpainting' ? ['prompt'] : [];
  const { properties, ...rest } = bodySchema(kind, fields, required) as {
    properties: Record<string, object>;
  };
  const texts = Object.entries(properties).filter(([name]) => !PICTURES.includes(name));
  return { ...rest, properties: { ...(Object.fromEntries(texts) as object), ...files } };
}

export const EDIT_BODY = formSchema('inpainting', EDIT_FIELDS, {
  image: { ...FILE, description: 'The picture; `image[]` where there are several.' },
  'image[]': {
    type: 'array',
    items: FILE,
    description: 'More than one for models that edit what they are shown, such as FLUX.1 Kontext.',
  },
  mask: {
    ...FILE,
    description:
      'Transparent where the picture is painted anew; one without transparency is white there.',
  },
});

export const VARIATION_BODY = formSchema('img2img', VARIATION_FIELDS, {
  image: { ...FILE, description: 'The picture.' },
});

export const GENERATION_EXAMPLES = {
  openai: {
    value: {
      model: 'dall-e-3',
      prompt: 'red apple',
      size: '1024x1024',
      response_format: 'b64_json',
    },
  },
  'mistral.rs': {
    value: { model: 'default', prompt: 'red apple', n: 1, height: 1024, width: 1024 },
  },
};
