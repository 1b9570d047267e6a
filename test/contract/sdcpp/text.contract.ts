import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MASK } from '../../../src/settings/index.js';
import { calling, TextHouse } from '../../support/text-house.js';

let house: TextHouse;

beforeAll(async () => {
  house = await TextHouse.open({ models: ['llama3.2', 'mistral', 'neural-chat'] });
});

afterAll(() => house.close());

const { admin, ann, ben } = {
  admin: () => house.tokens.admin,
  ann: () => house.tokens.ann,
  ben: () => house.tokens.ben,
};

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

async function enhance(prompt = 'a cat'): Promise<Record<string, unknown>> {
  house.llm.say({ content: 'a beautiful fluffy orange tabby cat' });
  const { status, body } = await house.send(ann(), 'POST', '/sdcpp/ollama/enhance', { prompt });
  expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
  return body;
}

describe('/ollama', () => {
  it('POST /enhance answers as documented, with the system prompt of the request', async () => {
    house.llm.say({ content: 'a beautiful fluffy orange tabby cat' });
    const { status, body } = await house.send(ann(), 'POST', '/sdcpp/ollama/enhance', {
      prompt: 'a cat',
      system_prompt: 'Only orange ones.',
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        id: expect.stringMatching(UUID) as string,
        original_prompt: 'a cat',
        enhanced_prompt: 'a beautiful fluffy orange tabby cat',
        model_used: 'llama3.2',
        created_at: expect.closeTo(Date.now() / 1000, -2) as number,
        error_message: '',
      },
    });
    expect(house.llm.chats.at(-1)?.body.messages?.[0]?.content).toContain('Only orange ones.');
  });

  it('GET /history pages through what was asked, each user through their own', async () => {
    await enhance('one');
    await enhance('two');
    const { body } = await house.send(ann(), 'GET', '/sdcpp/ollama/history?limit=1&offset=1');
    expect(body).toMatchObject({ items: [{ original_prompt: 'one', success: true }] });
    expect(Number(body['total_count'])).toBeGreaterThanOrEqual(2);
    const other = await house.send(ben(), 'GET', '/sdcpp/ollama/history');
    expect(other.body).toEqual({ total_count: 0, items: [] });
  });

  it('GET and DELETE /history/{id} reach one entry, and 404 says there is none', async () => {
    const { id } = await enhance();
    const path = `/sdcpp/ollama/history/${String(id)}`;
    expect((await house.send(ann(), 'GET', path)).body).toMatchObject({ id });
    expect(await house.send(ben(), 'GET', path)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) as string },
    });
    expect((await house.send(ann(), 'DELETE', path)).body).toEqual({ success: true });
    expect((await house.send(ann(), 'GET', path)).status).toBe(404);
  });

  it('DELETE /history forgets all of it', async () => {
    await enhance();
    expect((await house.send(ann(), 'DELETE', '/sdcpp/ollama/history')).body).toEqual({
      success: true,
    });
    const { body } = await house.send(ann(), 'GET', '/sdcpp/ollama/history');
    expect(body).toEqual({ total_count: 0, items: [] });
  });

  it('GET /status and /models tell of the endpoint', async () => {
    const { body } = await house.send(admin(), 'GET', '/sdcpp/ollama/status');
    expect(body).toEqual({
      enabled: true,
      connected: true,
      base_url: house.llm.url,
      model: 'llama3.2',
      max_history: 100,
      history_count: 0,
    });
    const models = await house.send(ann(), 'GET', '/sdcpp/ollama/models');
    expect(models.body).toEqual({ models: ['llama3.2', 'mistral', 'neural-chat'] });
  });

  it('GET and PUT /settings are for administrators, and never show the key', async () => {
    expect((await house.send(ann(), 'GET', '/sdcpp/ollama/settings')).status).toBe(403);
    const changed = await house.send(admin(), 'PUT', '/sdcpp/ollama/settings', {
      enabled: true,
      base_url: house.llm.url,
      model: 'mistral',
      timeout_seconds: 60,
      max_history: 100,
      api_key: 'optional_key',
    });
    const settings = {
      enabled: true,
      base_url: house.llm.url,
      model: 'mistral',
      timeout_seconds: 60,
      max_history: 100,
      api_key: MASK,
    };
    expect(changed.body).toEqual({ success: true, settings });
    expect((await house.send(admin(), 'GET', '/sdcpp/ollama/settings')).body).toEqual(settings);
  });

  it('PUT /settings names a bad field as it was sent', async () => {
    const { status, body } = await house.send(admin(), 'PUT', '/sdcpp/ollama/settings', {
      base_url: 'not an address',
    });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('base_url') as string },
    });
  });
});

describe('/assistant', () => {
  it('POST /chat answers with actions, and looks up with the rights of the caller', async () => {
    house.llm.say(calling('get_models'), calling('load_model', { model_name: 'tiny-emoji' }), {
      content: "I'll load it for you.",
    });
    const { status, body } = await house.send(ann(), 'POST', '/sdcpp/assistant/chat', {
      message: 'Load the tiny model',
      context: { current_view: 'dashboard', settings: {}, model_info: {}, available_models: {} },
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        success: true,
        actions: [{ type: 'load_model', parameters: { model_name: 'tiny-emoji' } }],
        tool_calls: [{ name: 'get_models', executedOnBackend: true, executed_on_backend: true }],
      },
    });
  });

  it('POST /chat/stream sends each event and its data in one piece', async () => {
    house.llm.say({ content: 'Hello there.' });
    const reply = await house.app.inject({
      method: 'POST',
      url: '/sdcpp/assistant/chat/stream',
      headers: { authorization: `Bearer ${ann()}` },
      payload: { message: 'hi' },
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^text\/event-stream/);
    const frames = reply.body.trimEnd().split('\n\n');
    expect(frames.at(-1)).toMatch(/^event: done\ndata: \{.*"message":"Hello there\."/);
    expect(frames[0]).toMatch(/^event: content\ndata: \{"content":"/);
  });

  it('GET and DELETE /history are of the caller alone', async () => {
    await house.send(ann(), 'DELETE', '/sdcpp/assistant/history');
    house.llm.say({ content: 'There you are.' });
    await house.send(ann(), 'POST', '/sdcpp/assistant/chat', { message: 'Load SDXL' });
    const { body } = await house.send(ann(), 'GET', '/sdcpp/assistant/history');
    expect(body).toMatchObject({
      messages: [
        { role: 'user', content: 'Load SDXL' },
        { role: 'assistant', content: 'There you are.', toolCalls: [] },
      ],
      count: 2,
    });
    const other = await house.send(ben(), 'GET', '/sdcpp/assistant/history');
    expect(other.body).toEqual({ messages: [], count: 0 });
    const cleared = await house.send(ann(), 'DELETE', '/sdcpp/assistant/history');
    expect(cleared.body).toEqual({ success: true });
  });

  it('GET /status and /model-info tell of the language model', async () => {
    const { body } = await house.send(admin(), 'GET', '/sdcpp/assistant/status');
    expect(body).toMatchObject({
      enabled: true,
      connected: true,
      base_url: house.llm.url,
      endpoint: house.llm.url,
      timeout_seconds: 120,
      history_count: 0,
    });
    const { status } = await house.send(ann(), 'GET', '/sdcpp/assistant/model-info');
    expect(status).toBe(200);
  });

  it('GET and PUT /settings take the names of the document and of the web UI', async () => {
    const { body } = await house.send(admin(), 'PUT', '/sdcpp/assistant/settings', {
      endpoint: house.llm.url,
      max_history_turns: 20,
      temperature: 0.5,
      api_key: MASK,
    });
    expect(body).toMatchObject({
      success: true,
      settings: {
        base_url: house.llm.url,
        endpoint: house.llm.url,
        max_history: 20,
        max_history_turns: 20,
        temperature: 0.5,
        has_api_key: false,
        api_key: '',
      },
    });
    const shown = await house.send(admin(), 'GET', '/sdcpp/assistant/settings');
    expect(shown.body).toMatchObject({ max_history: 20, proactive_suggestions: true });
  });

  it('says what to configure where there is no language model', async () => {
    await house.send(admin(), 'PUT', '/sdcpp/assistant/settings', { enabled: false });
    const { status, body } = await house.send(ann(), 'POST', '/sdcpp/assistant/chat', {
      message: 'hi',
    });
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { error: expect.stringContaining('enabled') as string, code: 'TEXT_DISABLED' },
    });
  });
});
