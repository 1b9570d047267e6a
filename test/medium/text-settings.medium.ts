import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { errorOf, type Reply } from '../support/auth.js';
import { StandInLlm } from '../support/llm.js';
import { TextHouse } from '../support/text-house.js';

let house: TextHouse;
let llm: StandInLlm;
let admin: string;
let ann: string;

beforeEach(async () => {
  house = await TextHouse.open({ models: ['llama3.2', 'qwen3:8b'] });
  ({ llm } = house);
  ({ admin, ann } = house.tokens);
});

afterEach(async () => {
  await house.close();
});

describe('the settings of language models', () => {
  const USES = ['/api/text', '/api/assistant'] as const;

  it.each(USES)('of %s are what was changed, and the configured ones again', async (base) => {
    const changed = await house.send(admin, 'PUT', `${base}/settings`, {
      model: 'qwen3:8b',
      temperature: 0.1,
      max_tokens: 64,
      timeout_seconds: 30,
      system_prompt: 'Be brief.',
      proactive_suggestions: false,
    });
    expect(changed.body).toMatchObject({ model: 'qwen3:8b', system_prompt: 'Be brief.' });
    expect((await house.send(admin, 'GET', `${base}/settings`)).body).toEqual(changed.body);
    const ask = base === '/api/text' ? { prompt: 'a' } : { message: 'a' };
    await house.send(ann, 'POST', base === '/api/text' ? `${base}/enhance` : `${base}/chat`, ask);
    expect(llm.chats[0]?.body).toMatchObject({
      model: 'qwen3:8b',
      options: { temperature: 0.1, num_predict: 64 },
    });
    expect(llm.chats[0]?.body.messages?.[0]?.content).toMatch(/^Be brief\./);
    const back = await house.send(admin, 'PUT', `${base}/settings`, {
      model: null,
      system_prompt: '',
    });
    expect(back.body).toMatchObject({ model: '', temperature: 0.1 });
    expect(back.body['system_prompt']).toBe(back.body['default_system_prompt']);
  });

  it.each(USES)('of %s are for administrators alone', async (base) => {
    for (const method of ['GET', 'PUT'] as const) {
      const reply = await house.send(
        ann,
        method,
        `${base}/settings`,
        method === 'PUT' ? {} : undefined,
      );
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
    const reply = await house.send(admin, 'PUT', '/api/assistant/settings', body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
  });

  it('are in the audit log, without the key', async () => {
    const other = 'http://10.1.2.3:11434';
    await house.send(admin, 'PUT', '/api/assistant/settings', {
      endpoint: other,
      api_key: 'sk-deep',
    });
    const { body } = await house.send(admin, 'GET', '/api/audit?action=settings.changed');
    expect(JSON.stringify(body)).toContain(other);
    expect(JSON.stringify(body)).toContain('***masked***');
    expect(JSON.stringify(body)).not.toContain('sk-deep');
  });

  it('never show the key: not in any answer, nor in the database', async () => {
    const key = 'sk-deep-secret';
    const { body } = await house.send(admin, 'PUT', '/api/assistant/settings', { api_key: key });
    expect(body['has_api_key']).toBe(true);
    const shown = await Promise.all(
      [
        '/api/assistant/settings',
        '/api/assistant/status',
        '/api/text/settings',
        '/api/config',
        '/api/audit',
      ].map((url) => house.send(admin, 'GET', url)),
    );
    expect(shown.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(shown[3]?.body['changed']).toEqual([{ group: 'text.assistant', fields: ['apiKey'] }]);
    const rows: unknown = await house.app.get(DataSource).query('SELECT * FROM "settings"');
    expect(JSON.stringify([body, shown, rows])).not.toContain(key);
    await house.send(ann, 'POST', '/api/assistant/chat', { message: 'hi' });
    expect(llm.chats[0]?.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('keep the key when it comes back masked, and drop it when it is empty', async () => {
    const put = (body: object): Promise<Reply> =>
      house.send(admin, 'PUT', '/api/text/settings', body);
    await put({ api_key: 'sk-1' });
    expect((await put({ api_key: '***masked***', model: 'llama3.2' })).body['has_api_key']).toBe(
      true,
    );
    await house.enhance(ann, 'a');
    expect(llm.chats[0]?.headers.authorization).toBe('Bearer sk-1');
    expect((await put({ api_key: '' })).body['has_api_key']).toBe(false);
    await house.enhance(ann, 'a');
    expect(llm.chats[1]?.headers.authorization).toBeUndefined();
  });

  it('do not send the key to another server, whoever names it', async () => {
    const put = (body: object): Promise<Reply> =>
      house.send(admin, 'PUT', '/api/text/settings', body);
    await put({ api_key: 'sk-1' });
    const other = await StandInLlm.start({ kind: 'ollama' });
    expect((await put({ endpoint: other.url })).body['has_api_key']).toBe(false);
    expect((await house.enhance(ann, 'a')).status).toBe(200);
    expect(other.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect((await put({ endpoint: `${other.url}/`, api_key: 'sk-2' })).body['has_api_key']).toBe(
      true,
    );
    expect((await put({ endpoint: `${other.url}/v1` })).body['has_api_key']).toBe(true);
    await other.stop();
  });

  it('of one use serve the other while that has no endpoint', async () => {
    const other = await StandInLlm.start({ kind: 'openai', models: ['other'], apiKey: 'sk-2' });
    await house.send(admin, 'PUT', '/api/assistant/settings', {
      endpoint: other.url,
      api_key: 'sk-2',
    });
    await house.send(admin, 'PUT', '/api/text/settings', { endpoint: '' });
    expect((await house.enhance(ann, 'a')).body).toMatchObject({ model_used: 'other' });
    await other.stop();
  });
});

describe('the status of language models', () => {
  it('says whether the endpoint answers, which model is asked, and what there is', async () => {
    expect((await house.send(admin, 'GET', '/api/assistant/status')).body).toMatchObject({
      enabled: true,
      configured: true,
      connected: true,
      endpoint: llm.url,
      model: 'llama3.2',
      available_models: ['llama3.2', 'qwen3:8b'],
      problem: null,
    });
  });

  it('keeps the address from those who may not manage it', async () => {
    const { body } = await house.send(ann, 'GET', '/api/assistant/status');
    expect(body).toMatchObject({ configured: true, connected: true, endpoint: '' });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('says what is wrong, and is no error itself', async () => {
    await house.send(admin, 'PUT', '/api/assistant/settings', { endpoint: 'http://127.0.0.1:1' });
    const { status, body } = await house.send(ann, 'GET', '/api/assistant/status');
    expect(status).toBe(200);
    expect(body).toMatchObject({ configured: true, connected: false, available_models: [] });
    expect(body['problem']).toContain('cannot be reached');
    await house.send(admin, 'PUT', '/api/assistant/settings', { enabled: false });
    expect((await house.send(ann, 'GET', '/api/assistant/status')).body).toMatchObject({
      enabled: false,
      configured: false,
      connected: false,
    });
  });

  it('tells what is known of a model, as Ollama and as others say it', async () => {
    const info = (query = ''): Promise<Reply> =>
      house.send(ann, 'GET', `/api/assistant/model-info${query}`);
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
    await house.send(admin, 'PUT', '/api/assistant/settings', { endpoint: other.url });
    expect((await info()).body).toMatchObject({ model: 'other', context_length: 32_768 });
    await other.stop();
  });
});
