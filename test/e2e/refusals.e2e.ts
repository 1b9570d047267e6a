import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPLE, call, type Call, type TestClient } from '../support/client.js';
import { countJobs } from '../support/database.js';
import { envelopeOf } from '../support/envelope.js';
import { sharedServer } from '../support/server.js';
import {
  HARMFUL_OPTIONS,
  LISTED_NOWHERE,
  OUTPUT_PATHS,
  UNREADABLE_BODIES,
  WRONG_OPTIONS,
} from './refusals.js';

const ASK = '/api/generate/text2img';

const server = sharedServer({
  env: { ATELIER_BODY_LIMIT_MB: '2', ATELIER_LOG_LEVEL: 'debug' },
});
let admin: TestClient;
let finished: string;

/** What the engine itself has said since the server's start. */
function wordsOfEngine(): number {
  return server().log.split('"context":"Engine"').length;
}

interface Witness {
  jobs: number;
  words: number;
  engine: number;
}

async function witness(): Promise<Witness> {
  return {
    jobs: countJobs(server().dataDir),
    words: wordsOfEngine(),
    engine: await server().enginePid(),
  };
}

let before: Witness;

beforeAll(async () => {
  ({ admin } = server());
  finished = await admin.submit({ ...APPLE, steps: 1 });
  await admin.waitForJob(finished);
  before = await witness();
});

async function expectEngineUntouched(): Promise<void> {
  expect(await witness()).toEqual(before);
}

afterEach(expectEngineUntouched);

interface Refusal {
  status: number;
  code: string;
  message: string;
  fields: string[];
}

async function refusalOf(request: Call, token?: string | null): Promise<Refusal> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token ?? admin.token}` };
  const reply = await call(server().url, {
    ...request,
    headers: { ...authorization, ...request.headers },
  });
  const { code, message, problems = [] } = envelopeOf(reply);
  return { status: reply.status, code, message, fields: problems.map(({ field }) => field) };
}

/** The same session's token, as if it had been signed to end an hour ago. */
async function expiredToken(): Promise<string> {
  const secret = (await readFile(join(server().dataDir, 'jwt-secret'), 'utf8')).trim();
  const [head = '', body = ''] = admin.token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const expired = { ...claims, exp: Math.floor(Date.now() / 1000) - 3600 };
  const signed = `${head}.${Buffer.from(JSON.stringify(expired)).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('a token', () => {
  const unsigned = (): string => `${admin.token.split('.').slice(0, 2).join('.')}.`;

  it.each([
    ['none', () => null, 'log in'],
    ['a wrong one', () => 'garbage', 'malformed'],
    ['one without its signature', unsigned, 'malformed'],
    ['an expired one', expiredToken, 'expired'],
  ])('must be good: %s', async (_, make, words) => {
    const refusal = await refusalOf({ path: ASK, body: APPLE }, await make());
    expect(refusal).toMatchObject({ status: 401, code: 'AUTH_REQUIRED' });
    expect(refusal.message).toContain(words);
  });
});

describe('a body', () => {
  it.each(UNREADABLE_BODIES)('must be readable: %s', async (_, request, status, words) => {
    const refusal = await refusalOf({ path: ASK, method: 'POST', ...request });
    expect(refusal).toMatchObject({ status, code: 'INVALID_PARAMETERS' });
    expect(refusal.message).toContain(words);
  });

  it('must not be larger than the server accepts', async () => {
    const prompt = 'a'.repeat(2 * 1024 * 1024);
    expect(await refusalOf({ path: ASK, body: { ...APPLE, prompt } })).toMatchObject({
      status: 413,
      code: 'INVALID_PARAMETERS',
    });
  });
});

describe('an option', () => {
  it.each(WRONG_OPTIONS)('is refused by name: %s', async (_, field, body) => {
    const refusal = await refusalOf({ path: ASK, body });
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', fields: [field] });
    expect(refusal.message).toContain(field);
    expect(refusal.message.length).toBeLessThan(1000);
  });

  it('is refused together with every other that is wrong', async () => {
    const body = { ...APPLE, width: 63, steps: 0, colour: 'red' };
    const { fields, message } = await refusalOf({ path: ASK, body });
    expect(fields).toEqual(['width', 'steps', 'colour']);
    for (const field of fields) expect(message).toContain(field);
  });

  it('names a model that there is', async () => {
    const body = { ...APPLE, model_name: 'unheard-of' };
    const refusal = await refusalOf({ path: ASK, body });
    expect(refusal).toMatchObject({ status: 404, code: 'MODEL_NOT_FOUND' });
    expect(refusal.message).toContain('unheard-of');
  });
});

describe('what harms the engine', () => {
  it.each(HARMFUL_OPTIONS)('never gets there: %s, which %s', async (_, __, field, body) => {
    const refusal = await refusalOf({ path: ASK, body });
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', fields: [field] });
    expect(refusal.message).toContain(field);
  });
});

describe('an address', () => {
  it.each(LISTED_NOWHERE)(
    'without anything behind it is not found: %s %s',
    async (method, path) => {
      const body = method === 'POST' ? {} : undefined;
      expect(await refusalOf({ path, method, body })).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
      });
    },
  );

  it('of an unknown job is not found', async () => {
    for (const id of [randomUUID(), 'no-id', '%00', '..%2f..']) {
      expect(await refusalOf({ path: `/api/queue/job/${id}` })).toMatchObject({
        status: 404,
        code: 'JOB_NOT_FOUND',
      });
    }
  });

  it('of a job to cancel is checked', async () => {
    const path = '/api/queue/cancel';
    expect(await refusalOf({ path, body: { job_id: randomUUID() } })).toMatchObject({
      status: 404,
      code: 'JOB_NOT_FOUND',
    });
    expect(await refusalOf({ path, body: { job_id: '../..' } })).toMatchObject({
      status: 400,
      code: 'VALIDATION_ERROR',
      fields: ['job_id'],
    });
  });

  it.each(OUTPUT_PATHS)('leads to no file but the outputs: %s', async (path) => {
    const mine = `/api/queue/job/${finished}/output`;
    const address = path.replace('{mine}', mine).replace('{id}', finished);
    const refusal = await refusalOf({ path: address });
    expect(refusal.status).toBeOneOf([400, 404, 414]);
    expect(refusal.code).toBeOneOf(['INVALID_PARAMETERS', 'NOT_FOUND']);
  });
});

describe('after all that', () => {
  it('a field that is null says nothing, and a picture is drawn by the same engine', async () => {
    const id = await admin.submit({ ...APPLE, steps: null, width: null, eta: null });
    const { status, parameters } = await admin.waitForJob(id);
    expect(status).toBe('completed');
    expect(parameters.options).toMatchObject({ steps: 8, width: 128 });
    expect(await server().enginePid()).toBe(before.engine);
    expect(wordsOfEngine()).toBeGreaterThan(before.words);
    before = await witness();
  });
});
