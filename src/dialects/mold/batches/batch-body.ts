import { ValidationError, type FieldProblem } from '../../../common/index.js';
import { isObject } from '../../fields.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The id under which a client knows its batch, in small letters; undefined where it is none. */
export function batchIdOf(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  return UUID.test(id) ? id : undefined;
}

function isOne(count: unknown): boolean {
  return count === undefined || count === null || count === 1;
}

function problemsOf(requests: readonly unknown[]): FieldProblem[] {
  return requests.flatMap((request, index) => {
    const place = `requests[${index}]`;
    if (!isObject(request)) return [{ field: place, message: `${place} must be a request.` }];
    return ['batch', 'batch_size']
      .filter((name) => !isOne(request[name]))
      .map((name) => ({ field: `${place}.${name}`, message: `${place}: ${name} must be 1.` }));
  });
}

/** @throws ValidationError */
export function readBatch(body: unknown, limit: number): { id: string; bodies: unknown[] } {
  const { client_batch_id: said, requests } = isObject(body) ? body : {};
  const id = batchIdOf(said);
  const problems: FieldProblem[] = [];
  if (id === undefined)
    problems.push({ field: 'client_batch_id', message: 'client_batch_id must be a UUID.' });
  if (Array.isArray(requests) && requests.length > 0 && requests.length <= limit)
    problems.push(...problemsOf(requests));
  else problems.push({ field: 'requests', message: `requests must be a list of 1 to ${limit}.` });
  if (id === undefined || problems.length > 0) throw new ValidationError(problems);
  return { id, bodies: requests as unknown[] };
}
