import type { FieldProblem } from '../../../common/index.js';

/** A field of this API, as JSON schema has it; each may be null, which says nothing. */
export interface OwnField {
  type: 'string' | 'integer' | 'boolean';
  description: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  default?: string | number | boolean;
}

export type OwnFields = Readonly<Record<string, OwnField>>;

/** How a picture is given: `Url` and `B64Json` are mistral.rs' spelling, and mean other things than OpenAI's. */
export const ANSWER_FORMS = ['url', 'b64_json', 'Url', 'B64Json'] as const;

export type AnswerForm = (typeof ANSWER_FORMS)[number];

const SIZE = String.raw`^(?:auto|\d{1,5}x\d{1,5})$`;

/** Of every request for pictures (reference of OpenAI, "Images"; seed mistralrs-images, "Request fields"). */
export const COMMON_FIELDS: OwnFields = {
  model: {
    type: 'string',
    maxLength: 1000,
    description: "Name or id of a model, or a name that stands for the server's default model.",
  },
  n: { type: 'integer', minimum: 1, maximum: 10, default: 1, description: 'How many pictures.' },
  size: {
    type: 'string',
    pattern: SIZE,
    description: 'Width and height in pixels, such as `1024x768`; `auto`: what suits the model.',
  },
  response_format: {
    type: 'string',
    enum: ANSWER_FORMS,
    description:
      '`url`: an address; `b64_json`: base64; `Url`: the path of the file on the server; `B64Json`: a data URL. Default: `Url` with width or height as numbers, `b64_json` for models whose name begins with `gpt-image`, else `url`.',
  },
  user: {
    type: 'string',
    maxLength: 255,
    description: 'Who of your users asks; kept with the job.',
  },
};

/** Of requests that say what is to be drawn. */
export const DRAWING_FIELDS: OwnFields = {
  ...COMMON_FIELDS,
  quality: {
    type: 'string',
    enum: ['auto', 'low', 'medium', 'high', 'standard', 'hd'],
    description: 'Without effect: say `steps`.',
  },
  background: {
    type: 'string',
    enum: ['auto', 'opaque', 'transparent'],
    description: 'Pictures are opaque: `transparent` is refused.',
  },
  output_compression: {
    type: 'integer',
    minimum: 0,
    maximum: 100,
    description: 'Quality of a JPEG or WebP.',
  },
  stream: { type: 'boolean', default: false, description: 'Answer with events.' },
  partial_images: {
    type: 'integer',
    minimum: 0,
    maximum: 3,
    default: 0,
    description: 'How many pictures in the making the events show, at most.',
  },
};

export const GENERATION_FIELDS: OwnFields = {
  ...DRAWING_FIELDS,
  style: { type: 'string', enum: ['vivid', 'natural'], description: 'Without effect.' },
  moderation: { type: 'string', enum: ['auto', 'low'], description: 'Without effect.' },
};

export const EDIT_FIELDS: OwnFields = {
  ...DRAWING_FIELDS,
  input_fidelity: {
    type: 'string',
    enum: ['high', 'low'],
    description: 'How much of the picture stays: `strength` 0.5 or 0.75, unless that is said.',
  },
};

export const VARIATION_FIELDS: OwnFields = COMMON_FIELDS;

/** Characters of the longest text that a pattern of the tables takes. */
const LONGEST_PATTERNED = 32;

function faultOf(field: OwnField, value: unknown): string | undefined {
  const { type, minimum = -Infinity, maximum = Infinity } = field;
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false';
  if (type === 'integer') {
    const fits = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
    return fits ? undefined : `must be a whole number from ${minimum} to ${maximum}`;
  }
  if (typeof value !== 'string') return 'must be a text';
  if (field.enum && !field.enum.includes(value)) return `must be one of ${field.enum.join(', ')}`;
  // pattern-check: a pattern of the tables above, and a text of a few characters.
  if (field.pattern && (value.length > LONGEST_PATTERNED || !new RegExp(field.pattern).test(value)))
    return 'must be "auto", or width and height such as "1024x768"';
  if (value.length > (field.maxLength ?? Infinity))
    return `must have at most ${field.maxLength} characters`;
  return undefined;
}

/** What is wrong with the fields of this API; the core checks all others. */
export function problemsOf(fields: OwnFields, body: Record<string, unknown>): FieldProblem[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = body[name];
    const fault = isSaid(value) ? faultOf(field, value) : undefined;
    return fault === undefined ? [] : [{ field: name, message: `${name} ${fault}.` }];
  });
}

/** Whether a value says anything. */
export function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The fields as the properties of a JSON schema. */
export function fieldsSchema(fields: OwnFields): Record<string, object> {
  const pairs = Object.entries(fields).map(([name, { type, enum: words, ...rest }]) => [
    name,
    { type: [type, 'null'], ...(words ? { enum: [...words, null] } : {}), ...rest },
  ]);
  return Object.fromEntries(pairs) as Record<string, object>;
}
