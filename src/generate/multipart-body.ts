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
import { OPTIONS, type GenerationOption } from './options/index.js';

/** A form knows texts only: what the option wants to be something else is read as JSON. */
function fromText(option: GenerationOption | undefined, text: string): unknown {
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
  for await (const part of request.parts()) {
    if (part.type === 'file') put(body, part.fieldname, (await part.toBuffer()).toString('base64'));
    else put(body, part.fieldname, fromText(OPTIONS[part.fieldname], String(part.value)));
  }
  return body;
}

/** Turns a multipart form into the body that the same request would have as JSON. */
@Injectable()
export class MultipartBody implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.isMultipart()) request.body = await this.read(request);
    return next.handle();
  }

  private async read(request: FastifyRequest): Promise<Record<string, unknown>> {
    try {
      return await readForm(request);
    } catch (error) {
      const { statusCode = 400 } = error as { statusCode?: number };
      throw new InvalidParametersError(
        `The form cannot be read: ${messageOf(error)}.`,
        statusCode,
        error,
      );
    }
  }
}
