import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { InvalidParametersError } from '../../../common/index.js';
import { formParts, optionFromText } from '../../../generate/index.js';
import { EDIT_FIELDS } from './fields.js';

/** What a form with pictures holds. */
export interface PictureForm {
  /** Pictures to begin from, by whichever of its two names they were sent. */
  images: Buffer[];
  mask?: Buffer;
  /** All else, as it would be in JSON. */
  body: Record<string, unknown>;
}

function fromText(name: string, text: string): unknown {
  const type = Object.hasOwn(EDIT_FIELDS, name) ? EDIT_FIELDS[name]?.type : undefined;
  if (type === 'integer') return /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return optionFromText(name, text);
}

async function readForm(request: FastifyRequest): Promise<PictureForm> {
  const form: PictureForm = { images: [], body: {} };
  for await (const { name, value } of formParts(request)) {
    if (typeof value === 'string') form.body[name] = fromText(name, value);
    else if (name === 'image' || name === 'image[]') form.images.push(value);
    else if (name === 'mask') form.mask = value;
    else form.body[name] = value.toString('base64');
  }
  return form;
}

/** Reads the form of a request before anything else looks at its body. */
@Injectable()
export class PictureFormBody implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!request.isMultipart())
      throw new InvalidParametersError('Send a multipart form: it has the pictures in it.');
    request.body = await readForm(request);
    return next.handle();
  }
}
