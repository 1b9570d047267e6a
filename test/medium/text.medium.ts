import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, errorOf, tokenOf, type Reply } from '../support/auth.js';
import { StandInLlm } from '../support/llm.js';

let server: TestApp;
let llm: StandInLlm;
let admin: string;
let ann: string;
let annId: string;
let ben: string;

beforeEach(async () => {
  llm = await StandInLlm.start({ kind: 'ollama', models: ['llama3.2', 'qwen3:8b'] });
  server = await createTestApp({
    env: { ATELIER_TEXT_ENDPOINT: llm.url, ATELIER_ENHANCE_HISTORY: '3' },
  });
  annId = await addUser(server.app, 'ann', 'user');
  await addUser(server.app, 'ben', 'user');
  admin = await tokenOf(server.app);
  ann = await tokenOf(server.app, 'ann');
  ben = await tokenOf(server.app, 'ben');
});

afterEach(async () => {
  await server.close();
  await llm.stop();
});

async function send(
  as: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload?: object,
): Promise<Reply> {
  const reply = await server.app.inject({ method, url, headers: bearer(as), payload });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

function enhance(as: string, prompt: string, more: object = {}): Promise<Reply> {
  return send(as, 'POST', '/api/text/enhance', { prompt, ...more });
}

async function promptsOf(as: string, query = ''): Promise<Record<string, unknown>[]> {
  const { body } = await send(as, 'GET', `/api/text/history${query}`);
  return body['prompts'] as Record<string, unknown>[];
}

describe('a better prompt', () => {
  it('is what the model says, tidied, and no longer than may be drawn', async () => {
    llm.say({ content: '<think>hm</think>\n\nHere is the prompt: "a cat,\n  on a mat"' });
    llm.say({ content: 'x'.repeat(5000) });
    expect((await enhance(ann, 'a cat')).body['enhanced_prompt']).toBe('a cat, on a mat');
    expect((await enhance(ann, 'a cat')).body['enhanced_prompt']).toHaveLength(4000);
  });

  it('is made as the caller says, where they say it', async () => {
    await enhance(ann, 'a cat', { system_prompt: 'Answer in French.' });
    expect(llm.chats[0]?.body.messages?.[0]?.content).toBe('Answer in French.');
  });

  it.each([
    [{}, 'prompt'],
    [{ prompt: ' ' }, 'prompt'],
    [{ prompt: 'x'.repeat(4001) }, 'prompt'],
    [{ prompt: 'a', system_prompt: 'x'.repeat(20_001) }, 'system_prompt'],
    [{ prompt: 'a', more: 1 }, 'more'],
  ])('is not made of %j', async (body, field) => {
    const reply = await send(ann, 'POST', '/api/text/enhance', body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
    expect(llm.chats).toEqual([]);
  });
});

describe('the history of prompts', () => {
  it('has the newest first, failures too, in pages, and as many as are kept', async () => {
    await enhance(ann, 'one');
    await enhance(ann, 'two');
    llm.say({ status: 500, error: 'no memory' });
    await enhance(ann, 'three');
    await enhance(ann, 'four');
    const prompts = await promptsOf(ann);
    expect(prompts).toMatchObject([
      { original_prompt: 'four', enhanced_prompt: 'ok', success: true, error_message: '' },
      { original_prompt: 'three', enhanced_prompt: '', success: false, model_used: 'llama3.2' },
      { original_prompt: 'two' },
    ]);
    expect(prompts[1]?.['error_message']).toContain('no memory');
    expect(await promptsOf(ann, '?limit=1&page=2')).toMatchObject([{ original_prompt: 'three' }]);
    expect(await promptsOf(ann, '?limit=1&sort_order=asc')).toMatchObject([
      { original_prompt: 'two' },
    ]);
  });

  it('gives and forgets one, and all', async () => {
    const { body } = await enhance(ann, 'one');
    await enhance(ann, 'two');
    const url = `/api/text/history/${String(body['id'])}`;
    expect((await send(ann, 'GET', url)).body).toEqual(body);
    expect((await send(ann, 'DELETE', url)).status).toBe(200);
    const gone = await send(ann, 'DELETE', url);
    expect([gone.status, errorOf(gone).code]).toEqual([404, 'PROMPT_NOT_FOUND']);
    expect((await send(ann, 'DELETE', '/api/text/history')).body).toEqual({
      message: '1 prompts forgotten',
    });
    expect(await promptsOf(ann)).toEqual([]);
  });

  it('should not show, count, or forget the prompts of another user, not even to an administrator', async () => {
    const { body } = await enhance(ann, 'one');
    const url = `/api/text/history/${String(body['id'])}`;
    for (const other of [ben, admin]) {
      expect(await promptsOf(other)).toEqual([]);
      expect((await send(other, 'GET', url)).status).toBe(404);
      expect((await send(other, 'DELETE', url)).status).toBe(404);
      await send(other, 'DELETE', '/api/text/history');
      expect((await send(other, 'GET', '/api/text/status')).body['history_count']).toBe(0);
    }
    expect(await promptsOf(ann)).toHaveLength(1);
  });

  it('goes with the user, as do the messages to the assistant', async () => {
    await enhance(ann, 'one');
    await enhance(ben, 'two');
    await send(ann, 'POST', '/api/assistant/chat', { message: 'hi' });
    expect((await send(admin, 'DELETE', `/api/users/${annId}`)).status).toBe(200);
    const source = server.app.get(DataSource);
    expect(await source.query('SELECT "original" FROM "prompt_history"')).toEqual([
      { original: 'two' },
    ]);
    expect(await source.query('SELECT * FROM "assistant_messages"')).toEqual([]);
  });

  it('is not kept where none is to be kept', async () => {
    await send(admin, 'PUT', '/api/text/settings', { max_history: 0 });
    expect((await enhance(ann, 'one')).status).toBe(200);
    expect(await promptsOf(ann)).toEqual([]);
  });
});

describe('an expansion', () => {
  async function expand(body: object): Promise<Reply> {
    return send(ann, 'POST', '/api/text/expand', body);
  }

  it('is one prompt unless more are asked for', async () => {
    llm.say({ content: '"a cat on a mat"' });
    expect((await expand({ prompt: 'a cat', model_family: 'sdxl', style: 'ink' })).body).toEqual({
      original: 'a cat',
      expanded: ['a cat on a mat'],
    });
    const system = llm.chats[0]?.body.messages?.[0]?.content;
    expect(system).toContain('commas');
    expect(system).toContain('"ink"');
  });

  it('is as many as are asked for, also where the model gives fewer', async () => {
    llm.say({ content: '["one", "two"]' }, { content: 'three' }, { content: 'four' });
    const { body } = await expand({ prompt: 'a cat', variations: 4 });
    expect(body['expanded']).toEqual(['one', 'two', 'three', 'four']);
    expect(llm.chats[2]?.body.messages?.[1]?.content).toContain('one | two');
  });

  it('is no more than are asked for', async () => {
    llm.say({ content: '["one", "two", "three"]' });
    expect((await expand({ prompt: 'a cat', variations: 2 })).body['expanded']).toEqual([
      'one',
      'two',
    ]);
  });

  it.each([
    [{ prompt: '' }, 'prompt'],
    [{ prompt: 'a', variations: 0 }, 'variations'],
    [{ prompt: 'a', variations: 11 }, 'variations'],
    [{ prompt: 'a', style: 'x'.repeat(201) }, 'style'],
  ])('is not made of %j', async (body, field) => {
    const reply = await expand(body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
  });

  it('leaves nothing in the history', async () => {
    await expand({ prompt: 'a cat' });
    expect(await promptsOf(ann)).toEqual([]);
  });
});

describe('the settings of language models', () => {
  const USES = ['/api/text', '/api/assistant'] as const;

  it.each(USES)('of %s are what was changed, and the configured ones again', async (base) => {
    const changed = await send(admin, 'PUT', `${base}/settings`, {
      model: 'qwen3:8b',
      temperature: 0.1,
      max_tokens: 64,
      timeout_seconds: 30,
      system_prompt: 'Be brief.',
      proactive_suggestions: false,
    });
    expect(changed.body).toMatchObject({ model: 'qwen3:8b', system_prompt: 'Be brief.' });
    expect((await send(admin, 'GET', `${base}/settings`)).body).toEqual(changed.body);
    const ask = base === '/api/text' ? { prompt: 'a' } : { message: 'a' };
    await send(ann, 'POST', base === '/api/text' ? `${base}/enhance` : `${base}/chat`, ask);
    expect(llm.chats[0]?.body).toMatchObject({
      model: 'qwen3:8b',
      options: { temperature: 0.1, num_predict: 64 },
    });
    expect(llm.chats[0]?.body.messages?.[0]?.content).toMatch(/^Be brief\./);
    const back = await send(admin, 'PUT', `${base}/settings`, { model: null, system_prompt: '' });
    expect(back.body).toMatchObject({ model: '', temperature: 0.1 });
    expect(back.body['system_prompt']).toBe(back.body['default_system_prompt']);
  });

  it.each(USES)('of %s are for administrators alone', async (base) => {
    for (const method of ['GET', 'PUT'] as const) {
      const reply = await send(ann, method, `${base}/settings`, method === 'PUT' ? {} : undefined);
      expect([reply.status, errorOf(reply).code]).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    }
  });

  it.each([
    [{ endpoint: 'ftp://x' }, 'endpoint'],
    [{ endpoint: 'http://me:secret@x' }, 'endpoint'],
    [{ endpoint: 'http://x/?key=1' }, 'endpoint'],
    [{ endpoint: 7 }, 'endpoint'],
    [{ kind: 'grpc' }, 'kind'],
    [{ temperature: 3 }, 'temperature'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ timeout_seconds: 0 }, 'timeout_seconds'],
    [{ max_history: -1 }, 'max_history'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ system_prompt: 'x'.repeat(20_001) }, 'system_prompt'],
    [{ api_key: 'two words' }, 'api_key'],
    [{ api_key: 'a\r\nx: y' }, 'api_key'],
    [{ colour: 'red' }, 'colour'],
  ])('refuse %j', async (body, field) => {
    const reply = await send(admin, 'PUT', '/api/assistant/settings', body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
  });

  it('are in the audit log, without the key', async () => {
    const other = 'http://10.1.2.3:11434';
    await send(admin, 'PUT', '/api/assistant/settings', { endpoint: other, api_key: 'sk-deep' });
    const { body } = await send(admin, 'GET', '/api/audit?action=settings.changed');
    expect(JSON.stringify(body)).toContain(other);
    expect(JSON.stringify(body)).toContain('***masked***');
    expect(JSON.stringify(body)).not.toContain('sk-deep');
  });

  it('never show the key: not in any answer, nor in the database', async () => {
    const key = 'sk-deep-secret';
    const { body } = await send(admin, 'PUT', '/api/assistant/settings', { api_key: key });
    expect(body['has_api_key']).toBe(true);
    const shown = await Promise.all(
      [
        '/api/assistant/settings',
        '/api/assistant/status',
        '/api/text/settings',
        '/api/config',
        '/api/audit',
      ].map((url) => send(admin, 'GET', url)),
    );
    expect(shown.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const rows: unknown = await server.app.get(DataSource).query('SELECT * FROM "settings"');
    expect(JSON.stringify([body, shown, rows])).not.toContain(key);
    await send(ann, 'POST', '/api/assistant/chat', { message: 'hi' });
    expect(llm.chats[0]?.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('keep the key when it comes back masked, and drop it when it is empty', async () => {
    const put = (body: object): Promise<Reply> => send(admin, 'PUT', '/api/text/settings', body);
    await put({ api_key: 'sk-1' });
    expect((await put({ api_key: '***masked***', model: 'llama3.2' })).body['has_api_key']).toBe(
      true,
    );
    await enhance(ann, 'a');
    expect(llm.chats[0]?.headers.authorization).toBe('Bearer sk-1');
    expect((await put({ api_key: '' })).body['has_api_key']).toBe(false);
    await enhance(ann, 'a');
    expect(llm.chats[1]?.headers.authorization).toBeUndefined();
  });

  it('do not send the key to another server, whoever names it', async () => {
    const put = (body: object): Promise<Reply> => send(admin, 'PUT', '/api/text/settings', body);
    await put({ api_key: 'sk-1' });
    const other = await StandInLlm.start({ kind: 'ollama' });
    expect((await put({ endpoint: other.url })).body['has_api_key']).toBe(false);
    expect((await enhance(ann, 'a')).status).toBe(200);
    expect(other.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect((await put({ endpoint: `${other.url}/`, api_key: 'sk-2' })).body['has_api_key']).toBe(
      true,
    );
    expect((await put({ endpoint: `${other.url}/v1` })).body['has_api_key']).toBe(true);
    await other.stop();
  });

  it('of one use serve the other while that has no endpoint', async () => {
    const other = await StandInLlm.start({ kind: 'openai', models: ['other'], apiKey: 'sk-2' });
    await send(admin, 'PUT', '/api/assistant/settings', { endpoint: other.url, api_key: 'sk-2' });
    await send(admin, 'PUT', '/api/text/settings', { endpoint: '' });
    expect((await enhance(ann, 'a')).body).toMatchObject({ model_used: 'other' });
    await other.stop();
  });
});

describe('the status of language models', () => {
  it('says whether the endpoint answers, which model is asked, and what there is', async () => {
    expect((await send(admin, 'GET', '/api/assistant/status')).body).toMatchObject({
      enabled: true,
      connected: true,
      endpoint: llm.url,
      model: 'llama3.2',
      available_models: ['llama3.2', 'qwen3:8b'],
      problem: null,
    });
  });

  it('keeps the address from those who may not manage it', async () => {
    const { body } = await send(ann, 'GET', '/api/assistant/status');
    expect(body).toMatchObject({ connected: true, endpoint: '' });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('says what is wrong, and is no error itself', async () => {
    await send(admin, 'PUT', '/api/assistant/settings', { endpoint: 'http://127.0.0.1:1' });
    const { status, body } = await send(ann, 'GET', '/api/assistant/status');
    expect([status, body]).toMatchObject([200, { connected: false, available_models: [] }]);
    expect(body['problem']).toContain('cannot be reached');
    await send(admin, 'PUT', '/api/assistant/settings', { enabled: false });
    expect((await send(ann, 'GET', '/api/assistant/status')).body).toMatchObject({
      enabled: false,
      connected: false,
    });
  });

  it('tells what is known of a model, as Ollama and as others say it', async () => {
    const info = (query = ''): Promise<Reply> =>
      send(ann, 'GET', `/api/assistant/model-info${query}`);
    expect((await info()).body).toEqual({
      model: 'llama3.2',
      capabilities: ['completion', 'tools', 'vision'],
      context_length: 131_072,
      family: 'llama',
      parameter_size: '3.2B',
      has_vision: true,
    });
    expect((await info('?model=qwen3:8b')).body['model']).toBe('qwen3:8b');
    expect(errorOf(await info('?model=gone')).code).toBe('TEXT_MODEL_MISSING');
    const other = await StandInLlm.start({ kind: 'openai', models: ['other'] });
    await send(admin, 'PUT', '/api/assistant/settings', { endpoint: other.url });
    expect((await info()).body).toMatchObject({ model: 'other', context_length: 32_768 });
    await other.stop();
  });
});
