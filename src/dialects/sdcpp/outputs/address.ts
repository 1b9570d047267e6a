import type { FastifyRequest } from 'fastify';
import { basePathOf } from '../../listener/rewrite.js';

const PLACE = { mount: '/sdcpp' };

/** What a client of this request puts before the paths of this API. */
export function pathBase(request: FastifyRequest): string {
  return basePathOf(request.raw, PLACE);
}

/** The same as a whole address. */
export function addressBase(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${pathBase(request)}`;
}
