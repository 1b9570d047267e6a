import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { QueueService } from '../../src/queue/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, login, send, tokenOf, type Reply } from '../support/auth.js';

let server: TestApp;
let admin: string;
let user: string;

beforeAll(async () => {
  server = await createTestApp();
  await addUser(server.app, 'anna', 'user');
  admin = await tokenOf(server.app);
  user = await tokenOf(server.app, 'anna');
});

afterAll(() => server.close());

const post = (path: string, token: string, body?: object): Promise<Reply> =>
  send(server.app, 'POST', path, bearer(token), body);

/** How each documented code comes about. */
const CODES: Array<[code: string, status: number, provoke: () => Promise<Reply>]> = [
  ['AUTH_REQUIRED', 401, () => send(server.app, 'GET', '/api/queue/status')],
  ['INVALID_CREDENTIALS', 401, () => login(server.app, 'anna', 'wrong')],
  ['INSUFFICIENT_PERMISSIONS', 403, () => post('/api/models/refresh', user)],
  [
    'MODEL_NOT_FOUND',
    404,
    () => post('/api/generate/text2img', user, { prompt: 'x', model_name: 'none' }),
  ],
  ['MODEL_NOT_LOADED', 409, () => post('/api/models/tiny-emoji/unload', admin)],
  ['JOB_NOT_FOUND', 404, () => post('/api/queue/cancel', user, { job_id: randomUUID() })],
  ['INVALID_PARAMETERS', 400, () => post('/api/generate/text2img', user, ['no object'])],
  ['VALIDATION_ERROR', 400, () => post('/api/generate/text2img', user, { prompt: 'x', steps: 0 })],
];

/** Status and error of an answer, without the problems of a body that was checked. */
function toldBy(reply: Reply): object {
  const error = { ...(reply.body['error'] as Record<string, unknown>) };
  delete error['problems'];
  return { status: reply.status, error };
}

/** The documented form, with nothing besides. */
function formOf(reply: Reply, code: string, status: number): object {
  const error = {
    message: expect.stringMatching(/\w+.*\.$/s) as string,
    code,
    status_code: status,
    request_id: reply.headers['x-request-id'],
    timestamp: expect.closeTo(Date.now() / 1000, -1) as number,
  };
  return { status, error };
}

describe('an error response', () => {
  it.each(CODES)('%s has the documented form', async (code, status, provoke) => {
    const reply = await provoke();
    expect(toldBy(reply)).toEqual(formOf(reply, code, status));
  });

  it('INTERNAL_ERROR has it too, and says nothing of what went wrong within', async () => {
    const broken = await createTestApp();
    const headers = bearer(await tokenOf(broken.app));
    const fault = new Error('a secret of the house');
    vi.spyOn(broken.app.get(QueueService), 'status').mockRejectedValue(fault);
    const reply = await send(broken.app, 'GET', '/api/queue/status', headers);
    expect(toldBy(reply)).toEqual(formOf(reply, 'INTERNAL_ERROR', 500));
    expect(JSON.stringify(reply.body)).not.toContain('secret of the house');
    // No route is described as failing so: a server under test says when one does.
    await expect(broken.close()).rejects.toThrow('GET /api/queue/status -> 500');
  });
});
