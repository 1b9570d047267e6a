import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiProperty, ApiResponse } from '@nestjs/swagger';
import { CORE_ERRORS, type ErrorForm } from './error-form.js';
import type { AppError } from './errors.js';

/** The fixed parts of an example, so that the description of the API is the same each time. */
const EXAMPLE_REQUEST_ID = 'b7f1a3c2-52a1-4c7e-9b0d-0c5c2f1c7d11';
const EXAMPLE_TIME = new Date('2025-11-21T05:20:00Z');

/** The reply of a route that has nothing to say but that it was done. */
export class MessageDto {
  @ApiProperty({ example: 'Logout successful' })
  message!: string;
}

type Schema = Extract<Parameters<typeof ApiResponse>[0], { schema: unknown }>['schema'];

/** The good reply of a route: JSON of a class, or files of some content types, of which one may be JSON; no type: without a body. */
export type ReplyDescription =
  | { reply: Type<unknown>; example: unknown }
  | { schema: Schema; example: unknown }
  | { files: string[]; json?: { schema: Schema; example: unknown } };

export type RouteDescription = ReplyDescription & {
  /** What it does, in a few words. */
  summary: string;
  /** What else a caller must know, as Markdown. */
  details?: string;
  /** HTTP status of the good reply; 200 unless given. */
  status?: number;
  /** What is said of the good reply. */
  replyText?: string;
  /** One of each kind that the route may answer besides those that every such route has (400, 401, 403). */
  errors?: AppError[];
};

/** A response as an OpenAPI document has it. */
export interface ResponseDescription {
  description: string;
  content: Record<'application/json', { schema: object; examples: Record<string, object> }>;
}

/** Responses of these errors by their status, each error an example under its code. */
export function errorExamples(
  errors: AppError[],
  form: ErrorForm = CORE_ERRORS,
): Map<number, ResponseDescription> {
  const responses = new Map<number, ResponseDescription>();
  for (const error of errors) {
    const { status, body } = form.reply(error, EXAMPLE_REQUEST_ID, EXAMPLE_TIME);
    const known = responses.get(status);
    const examples = known?.content['application/json'].examples ?? {};
    examples[error.code] ??= { value: body };
    responses.set(status, {
      description: Object.keys(examples).join(', '),
      content: {
        'application/json': {
          schema: { $ref: `#/components/schemas/${form.body.name}` },
          examples,
        },
      },
    });
  }
  return responses;
}

/** OpenAPI 3.1 has no word for a stream: by custom its schema is that of each event, the data as text. */
const ONE_EVENT = {
  type: 'object',
  required: ['data'],
  properties: { event: { type: 'string' }, id: { type: 'string' }, data: { type: 'string' } },
};

function goodReply(description: RouteDescription): MethodDecorator {
  const status = description.status ?? 200;
  const common = { status, description: description.replyText ?? 'Done.' };
  if ('files' in description) {
    if (description.files.length === 0 && !description.json) return ApiResponse(common);
    const content = description.files.map((type) => [
      type,
      { schema: type === 'text/event-stream' ? ONE_EVENT : { type: 'string', format: 'binary' } },
    ]);
    const json = description.json ? { 'application/json': description.json } : {};
    return ApiResponse({ ...common, content: { ...Object.fromEntries(content), ...json } });
  }
  const { example } = description;
  if ('schema' in description) {
    const content = { 'application/json': { schema: description.schema, example } };
    return ApiResponse({ ...common, content });
  }
  return ApiResponse({ ...common, type: description.reply, example });
}

/** A decorator that describes the routes of an API whose errors have this form. */
export function describer(form: ErrorForm): (description: RouteDescription) => MethodDecorator {
  return (description) => {
    const { summary, details, errors = [] } = description;
    const failures = Array.from(errorExamples(errors, form), ([status, response]) =>
      ApiResponse({ status, ...response }),
    );
    return applyDecorators(
      ApiExtraModels(form.body),
      ApiOperation({ summary, description: details }),
      goodReply(description),
      ...failures,
    );
  };
}

/** Tells the description of the API what a route does, what it answers, and how it may fail. */
export const Describe = describer(CORE_ERRORS);
