import { afterEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, login, tokenOf, type Reply } from '../support/auth.js';
import { StandInLlm, type LlmOptions } from '../support/llm.js';
import { until } from '../support/until.js';

let server: TestApp;
let llm: StandInLlm;
let token: string;

interface Setup extends Partial<LlmOptions> {
  env?: Record<string, string>;
}

async function start({ env, ...options }: Setup = {}): Promise<void> {
  llm = await StandInLlm.start({ kind: 'ollama', ...options });
  server = await createTestApp({ env: { ATELIER_TEXT_ENDPOINT: llm.url, ...env } });
  token = await tokenOf(server.app);
}

afterEach(async () => {
  await server.close();
  await llm.stop();
});

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
  as = token,
): Promise<Reply> {
  const reply = await server.app.inject({ method, url, headers: bearer(as), payload });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

function enhance(prompt = 'a cat'): Promise<Reply> {
  return send('POST', '/api/text/enhance', { prompt });
}

describe.each(['ollama', 'openai'] as const)('an endpoint that speaks %s', (kind) => {
  it('is recognised, asked for its first model, and answers', async () => {
    await start({ kind, models: ['first', 'second'] });
    llm.say({ thinking: 'hm', content: ['a fluffy', ' cat'] });
    const { status, body } = await enhance();
    expect([status, body]).toMatchObject([
      200,
      { enhanced_prompt: 'a fluffy cat', model_used: 'first', success: true },
    ]);
    const [chat] = llm.chats;
    expect(chat?.path).toBe(kind === 'ollama' ? '/api/chat' : '/v1/chat/completions');
    expect(chat?.body).toMatchObject({
      model: 'first',
      stream: true,
      messages: [{ role: 'system' }, { role: 'user', content: 'a cat' }],
    });
  });

  it('is sent the key and nothing else gets it', async () => {
    await start({ kind, apiKey: 'sk-right', env: { ATELIER_TEXT_API_KEY: 'sk-right' } });
    expect((await enhance()).status).toBe(200);
    expect(llm.requests.every(({ headers }) => headers.authorization === 'Bearer sk-right')).toBe(
      true,
    );
  });

  it('refuses a wrong key, which is not told', async () => {
    await start({ kind, apiKey: 'sk-right', env: { ATELIER_TEXT_API_KEY: 'sk-wrong' } });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_KEY_REFUSED']);
    expect(errorOf(reply).message).toContain('"api_key"');
    expect(JSON.stringify(reply.body)).not.toContain('sk-wrong');
  });

  it('has no such model', async () => {
    await start({ kind, env: { ATELIER_TEXT_MODEL: 'gone' } });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_MODEL_MISSING']);
    expect(errorOf(reply).message).toContain('"gone"');
  });

  it('has no model at all', async () => {
    await start({ kind, models: [] });
    expect(errorOf(await enhance()).code).toBe('TEXT_MODEL_MISSING');
  });

  it.each([
    ['is cut off', { content: 'a', cut: true }, 'broke off'],
    ['ends too early', { content: 'a', unfinished: true }, 'broke off'],
    ['is garbage', { garbage: kind === 'ollama' ? '{"mess' : 'data: {"mess\n\n' }, 'no JSON'],
    ['fails midway', { content: 'a', error: 'out of memory' }, 'out of memory'],
    ['is refused', { status: 500, error: 'model runner has stopped' }, 'runner has stopped'],
    ['is empty', { content: '' }, 'empty'],
    ['only thinks', { thinking: 'hm' }, 'empty'],
    ['never ends', { endless: true }, 'does not end'],
  ])('gives an answer that %s', async (_, answer, message) => {
    await start({ kind });
    llm.say(answer);
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([502, 'TEXT_ENDPOINT_FAILED']);
    expect(errorOf(reply).message).toContain(message);
    expect((await enhance()).status).toBe(200);
  });

  it('says nothing in time, and is not kept busy', async () => {
    await start({ kind, env: { ATELIER_TEXT_TIMEOUT_SECONDS: '1' } });
    llm.say({ hang: true });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([504, 'TEXT_TIMEOUT']);
    await until('the connection to be closed', 5000, () => llm.hungUp === 1);
  });

  it('is asked too often', async () => {
    await start({ kind });
    llm.say({ status: 429, error: 'slow down' });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_RATE_LIMITED']);
    expect(reply.headers['retry-after']).toBe('7');
  });
});

describe('an endpoint', () => {
  it('that does not stream is understood', async () => {
    await start({ kind: 'openai' });
    llm.say({ content: 'all at once', whole: true });
    expect((await enhance()).body).toMatchObject({ enhanced_prompt: 'all at once' });
  });

  it('with reasoning models is asked as these want it, from the second time on at once', async () => {
    await start({ kind: 'openai', reasoning: true });
    expect((await enhance()).status).toBe(200);
    expect(llm.chats).toHaveLength(3);
    expect((await enhance()).status).toBe(200);
    expect(llm.chats).toHaveLength(4);
    expect(llm.chats[3]?.body).toMatchObject({ max_completion_tokens: 2048 });
  });

  it('is not asked what it speaks where that is configured, or its address says it', async () => {
    await start({ kind: 'openai', env: { ATELIER_TEXT_ENDPOINT_KIND: 'openai' } });
    await enhance();
    await send('PUT', '/api/text/settings', { kind: 'auto', endpoint: `${llm.url}/v1/` });
    expect((await enhance()).status).toBe(200);
    expect(llm.requests.map(({ path }) => path)).not.toContain('/api/version');
  });

  it('that sends elsewhere is not followed, so that nobody else gets the key', async () => {
    await start({ env: { ATELIER_TEXT_API_KEY: 'sk-1' } });
    llm.say({ status: 307 });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([502, 'TEXT_ENDPOINT_FAILED']);
    expect(llm.chats).toHaveLength(1);
  });

  it('that is not there is a 503 that says what to do', async () => {
    await start();
    await llm.stop();
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_UNREACHABLE']);
    expect(errorOf(reply).message).toContain('ATELIER_TEXT_ENDPOINT');
    expect(errorOf(reply).message).not.toContain('127.0.0.1');
    llm = await StandInLlm.start({ kind: 'ollama' });
  });

  it('that was not given is a 503 that says what to configure', async () => {
    await start({ env: { ATELIER_TEXT_ENDPOINT: '' } }).catch(() => undefined);
    llm = await StandInLlm.start({ kind: 'ollama' });
    server = await createTestApp();
    token = await tokenOf(server.app);
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_NOT_CONFIGURED']);
    expect(errorOf(reply).message).toContain('ATELIER_TEXT_ENDPOINT');
  });

  it('that is switched off is not asked', async () => {
    await start({ env: { ATELIER_TEXT_ENABLED: 'false' } });
    const reply = await enhance();
    expect([reply.status, errorOf(reply).code]).toEqual([503, 'TEXT_DISABLED']);
    expect(llm.requests).toEqual([]);
    await send('PUT', '/api/text/settings', { enabled: true });
    expect((await enhance()).status).toBe(200);
  });

  it('is left alone when the client hangs up', async () => {
    await start();
    llm.say({ hang: true });
    const url = await server.listen();
    const gone = new AbortController();
    const asked = fetch(`${url}/api/text/enhance`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a cat' }),
      signal: gone.signal,
    });
    await until('the question', 5000, () => llm.chats.length === 1);
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
    await until('the connection to be closed', 5000, () => llm.hungUp === 1);
    const { body } = await send('GET', '/api/text/history');
    expect(body['total']).toBe(0);
  });

  it('serves so many requests of one user at a time', async () => {
    await start({ env: { ATELIER_TEXT_PER_USER: '1', ATELIER_TEXT_TIMEOUT_SECONDS: '30' } });
    await addUser(server.app, 'ann', 'user');
    const ann = (await login(server.app, 'ann')).body['token'] as string;
    llm.say({ hang: true });
    const url = await server.listen();
    const gone = new AbortController();
    const waiting = fetch(`${url}/api/text/enhance`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a cat' }),
      signal: gone.signal,
    }).catch(() => undefined);
    await until('the question', 5000, () => llm.chats.length === 1);
    const second = await enhance();
    expect([second.status, errorOf(second).code]).toEqual([429, 'TOO_MANY_TEXT_REQUESTS']);
    expect((await send('POST', '/api/text/enhance', { prompt: 'b' }, ann)).status).toBe(200);
    gone.abort();
    await waiting;
    await until('the place to be free', 5000, async () => (await enhance()).status === 200);
  });
});
