import type {} from '@fastify/multipart';
import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { InvalidParametersError, messageOf } from '../common/index.js';
import { OPTIONS } from './options/index.js';

/** A part of a form: the bytes of a file, or a text. */
export interface FormPart {
  name: string;
  value: Buffer | string;
}

/** The parts of a form, in their order. @throws InvalidParametersError for one that cannot be read */
export async function* formParts(request: FastifyRequest): AsyncGenerator<FormPart, void> {
  try {
    for await (const part of request.parts()) {
      const value = part.type === 'file' ? await part.toBuffer() : String(part.value);
      yield { name: part.fieldname, value };
    }
  } catch (error) {
    const { statusCode = 400 } = error as { statusCode?: number };
    const message = `The form cannot be read: ${messageOf(error)}.`;
    throw new InvalidParametersError(message, statusCode, error);
  }
}

/** A form knows texts only: what the option of this name wants to be something else is read as JSON. */
export function optionFromText(name: string, text: string): unknown {
  const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  const isText = ['prompt', 'text', 'model', 'component', 'choice', 'picture'];
  if (!option || isText.includes(option.type) || text === 'random') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function put(body: Record<string, unknown>, name: string, value: unknown): void {
  const list = OPTIONS[name]?.type === 'pictures';
  if (!list) body[name] = value;
  else body[name] = [...((body[name] ?? []) as unknown[]), value];
}

async function readForm(request: FastifyRequest): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for await (const { name, value } of formParts(request)) {
    if (typeof value === 'string') put(body, name, optionFromText(name, value));
    else put(body, name, value.toString('base64'));
  }
  return body;
}

/** Turns a multipart form into the body that the same request would have as JSON. */
@Injectable()
export class MultipartBody implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.isMultipart()) request.body = await readForm(request);
    return next.handle();
  }
}
