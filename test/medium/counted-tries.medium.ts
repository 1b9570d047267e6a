import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf, type Reply } from '../support/auth.js';
import { temporaryFolder } from '../support/folder.js';

const MINUTE_MS = 60 * 1000;

let folder: { path: string; remove: () => Promise<void> };
let server: TestApp;
let token: string;

async function boot(): Promise<void> {
  const { engine } = FakeEngine.blocking();
  const env = { ATELIER_DRAIN_SECONDS: '0' };
  server = await createTestApp({ engine, env, dataDir: folder.path });
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await boot();
  await addUser(server.app, 'anna', 'user');
  token = await tokenOf(server.app, 'anna');
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

async function restart(): Promise<void> {
  await server.close();
  await boot();
}

/** @param tries what the package says in its header; nothing for other clients. */
async function generate(tries?: number, prompt = 'red apple', credential = token): Promise<Reply> {
  const count: Record<string, string> =
    tries === undefined ? {} : { 'x-stainless-retry-count': String(tries) };
  const headers = { ...bearer(credential), ...count };
  const reply = await send(server.app, 'POST', '/api/generate/text2img', headers, { prompt });
  expect(reply.status).toBe(202);
  return reply;
}

const idOf = ({ body }: Reply): string => body['request_id'] as string;

async function age(minutes: number): Promise<void> {
  await server.app
    .get(DataSource)
    .query('UPDATE idempotency_keys SET "createdAt" = "createdAt" - ?', [minutes * MINUTE_MS]);
}

describe('a client that counts its tries', () => {
  it('gets the job of its first try, at each try', async () => {
    const first = await generate(0);
    const [second, third] = [await generate(1), await generate(2)];
    expect([idOf(second), idOf(third)]).toEqual([idOf(first), idOf(first)]);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('makes a new job with each first try, and joins the latest', async () => {
    const [one, two] = [await generate(0), await generate(0)];
    expect(idOf(two)).not.toBe(idOf(one));
    expect(idOf(await generate(1))).toBe(idOf(two));
  });

  it('gets a new job where nothing says that it had one', async () => {
    const plain = await generate();
    const late = await generate(1);
    expect(idOf(late)).not.toBe(idOf(plain));
    expect(idOf(await generate(2))).toBe(idOf(late));
  });

  it('joins nothing that was asked for otherwise, or with another credential', async () => {
    const first = await generate(0);
    expect(idOf(await generate(1, 'green apple'))).not.toBe(idOf(first));
    const otherLogin = await tokenOf(server.app, 'anna');
    expect(idOf(await generate(1, 'red apple', otherLogin))).not.toBe(idOf(first));
  });

  it('should not join the job of another user', async () => {
    const first = await generate(0);
    await addUser(server.app, 'bert', 'user');
    const bert = await tokenOf(server.app, 'bert');
    expect(idOf(await generate(1, 'red apple', bert))).not.toBe(idOf(first));
  });

  it('joins its job when the server was started anew in between, for ten minutes', async () => {
    const first = await generate(0);
    await restart();
    expect(idOf(await generate(1))).toBe(idOf(first));
    await age(11);
    await restart();
    expect(idOf(await generate(1))).not.toBe(idOf(first));
  });
});
