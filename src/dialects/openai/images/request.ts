import { ValidationError, type FieldProblem } from '../../../common/index.js';
import { OPTIONS } from '../../../generate/index.js';
import { isSaid, problemsOf, type AnswerForm, type OwnFields } from './fields.js';

/** mistral.rs' size, where a request in its style does not say (seed mistralrs-images, "Request fields"). */
const MISTRAL_SIZE = { width: 1280, height: 720 };

/** Options of the core that have another name here. */
const OURS: Readonly<Record<string, string>> = {
  model_name: 'model',
  batch_count: 'n',
  output_quality: 'output_compression',
};

/** A request for pictures, read. */
export interface ImagesRequest {
  /** By the names of the core's options; the model as this API calls it. */
  options: Record<string, unknown>;
  /** What this API calls the options that it calls otherwise. */
  names: Record<string, string>;
  model: string;
  form: AnswerForm;
  quality: string;
  user: string | undefined;
  stream: boolean;
  partials: number;
  /** As it was sent, without its pictures. */
  params: Record<string, unknown>;
}

function sizeProblems(body: Record<string, unknown>): FieldProblem[] {
  if (!isSaid(body['size'])) return [];
  return ['width', 'height']
    .filter((field) => isSaid(body[field]))
    .map((field) => ({ field, message: `${field} cannot be said besides size: say one of them.` }));
}

function strayProblems(body: Record<string, unknown>): FieldProblem[] {
  return Object.entries(OURS)
    .filter(([name]) => isSaid(body[name]))
    .map(([field, ours]) => ({ field, message: `There is no field "${field}": it is ${ours}.` }));
}

function backgroundProblems({ background }: Record<string, unknown>): FieldProblem[] {
  if (background !== 'transparent') return [];
  const message = 'background cannot be transparent: the models here draw opaque pictures.';
  return [{ field: 'background', message }];
}

function isMistral(body: Record<string, unknown>): boolean {
  const { width, height, response_format: form } = body;
  return isSaid(width) || isSaid(height) || form === 'Url' || form === 'B64Json';
}

function sizeOf(body: Record<string, unknown>): Record<string, unknown> {
  const { size, width, height } = body;
  if (typeof size === 'string') {
    if (size === 'auto') return {};
    const [wide, high] = size.split('x').map(Number);
    return { width: wide, height: high };
  }
  if (!isMistral(body)) return {};
  return { width: width ?? MISTRAL_SIZE.width, height: height ?? MISTRAL_SIZE.height };
}

function formOf(body: Record<string, unknown>): AnswerForm {
  const { response_format: form, model } = body;
  if (typeof form === 'string') return form as AnswerForm;
  if (isMistral(body)) return 'Url';
  // These never give addresses, so that their clients do not look for any.
  return typeof model === 'string' && model.startsWith('gpt-image') ? 'b64_json' : 'url';
}

function compressionOf({ output_compression: said }: Record<string, unknown>): object {
  return typeof said === 'number' ? { output_quality: Math.max(said, 1) } : {};
}

function withoutPictures(body: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(body).filter(
    ([name]) => !['picture', 'pictures'].includes(OPTIONS[name]?.type ?? ''),
  );
  return Object.fromEntries(kept);
}

/**
 * Reads a request; what is no field of this API is left to the core, which knows its own options and
 * refuses what is none.
 * @throws ValidationError
 */
export function readRequest(fields: OwnFields, body: Record<string, unknown>): ImagesRequest {
  const problems = [
    ...problemsOf(fields, body),
    ...sizeProblems(body),
    ...strayProblems(body),
    ...backgroundProblems(body),
  ];
  if (problems.length > 0) throw new ValidationError(problems);
  const others = Object.entries(body).filter(([name]) => !Object.hasOwn(fields, name));
  const { n, quality, user, partial_images: partials } = body;
  return {
    options: {
      ...Object.fromEntries(others),
      ...sizeOf(body),
      ...compressionOf(body),
      ...(isSaid(n) ? { batch_count: n } : {}),
    },
    names: isSaid(body['size']) ? { ...OURS, width: 'size', height: 'size' } : OURS,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    form: formOf(body),
    quality: typeof quality === 'string' ? quality : 'auto',
    user: typeof user === 'string' && user !== '' ? user : undefined,
    stream: body['stream'] === true,
    partials: typeof partials === 'number' ? partials : 0,
    params: withoutPictures(body),
  };
}
