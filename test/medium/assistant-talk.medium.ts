import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearer, errorOf } from '../support/auth.js';
import type { StandInLlm } from '../support/llm.js';
import { calling, TextHouse } from '../support/text-house.js';
import { until } from '../support/until.js';

let house: TextHouse;
let llm: StandInLlm;
let admin: string;
let ann: string;
let ben: string;

async function start(kind: 'ollama' | 'openai', env: Record<string, string> = {}): Promise<void> {
  house = await TextHouse.open({
    kind,
    models: ['llama3.2', 'old'],
    withoutTools: ['old'],
    env,
  });
  ({ llm } = house);
  ({ admin, ann, ben } = house.tokens);
}

afterEach(async () => {
  await house.close();
});

describe('what a model cannot bring about', () => {
  beforeEach(() => start('ollama'));

  it('a tool that there is not, or a call without what it needs', async () => {
    llm.say(
      {
        calls: [calling('format_disk'), calling('get_job'), calling('load_model')].map(
          (one) => one.calls![0]!,
        ),
      },
      { content: 'Oh.' },
    );
    const { tool_calls, actions } = await house.ask(ann);
    expect(actions).toEqual([]);
    expect(tool_calls.map(({ result }) => result['error'])).toEqual([
      'There is no tool "format_disk".',
      'job_id is missing.',
      'Missing: model_name.',
    ]);
  });

  it('to go on for ever', async () => {
    llm.say(...Array.from({ length: 20 }, () => calling('get_status')));
    expect((await house.ask(ann)).tool_calls).toHaveLength(6);
    expect(llm.chats).toHaveLength(6);
  });

  it('to have more looked up than it needs', async () => {
    const many = Array.from({ length: 60 }, () => ({ name: 'get_status', arguments: {} }));
    llm.say({ calls: many, content: 'all at once' });
    expect((await house.ask(ann)).tool_calls).toHaveLength(24);
  });

  it('to be told more than fits, whatever the user interface sends', async () => {
    const context = {
      settings: { init_image: `data:image/png;base64,${'A'.repeat(500_000)}` },
      available_models: { loras: Array.from({ length: 20_000 }, (_, index) => `lora-${index}`) },
    };
    await house.ask(ann, 'Which LoRA?', context);
    expect(house.lastTold.length).toBeLessThan(17_000);
    expect(house.lastTold).toMatch(/Which LoRA\?$/);
    expect(house.lastTold).toContain('lora-1');
  });

  it('to have pictures fetched from elsewhere', async () => {
    llm.say({ content: ['See !', '[x](https://evil.example/?q=1)'] });
    expect((await house.ask(ann)).message).toBe('See [x](https://evil.example/?q=1)');
  });

  it('to say nothing', async () => {
    llm.say({ content: ' ' });
    const reply = await house.send(ann, 'POST', '/api/assistant/chat', { message: 'hi' });
    expect([reply.status, errorOf(reply).code]).toEqual([502, 'TEXT_ENDPOINT_FAILED']);
  });
});

describe('the conversation', () => {
  beforeEach(() => start('ollama', { ATELIER_ASSISTANT_HISTORY: '2' }));

  async function history(as: string): Promise<Record<string, unknown>[]> {
    return (await house.send(as, 'GET', '/api/assistant/history')).body['messages'] as never;
  }

  it('is kept, the oldest first, and the model is reminded of it', async () => {
    llm.say({ content: 'First answer.' }, { content: 'Second.', ...calling('refresh_models') });
    await house.ask(ann, 'First question', { current_view: 'queue' });
    await house.ask(ann, 'Second question');
    expect(await history(ann)).toMatchObject([
      { role: 'user', content: 'First question' },
      { role: 'assistant', content: 'First answer.' },
      { role: 'user', content: 'Second question' },
      { role: 'assistant', content: 'Second.', actions: [{ type: 'refresh_models' }] },
    ]);
    const told = llm.chats[1]?.body.messages?.slice(1).map(({ content }) => content);
    expect(told).toEqual(['First question', 'First answer.', 'Second question']);
  });

  it('is as long as is kept', async () => {
    for (const question of ['one', 'two', 'three']) await house.ask(ann, question);
    const messages = await history(ann);
    expect(messages.map(({ content }) => content)).toEqual(['two', 'ok', 'three', 'ok']);
  });

  it('has no question that was not answered', async () => {
    llm.say({ content: 'half', cut: true });
    expect((await house.send(ann, 'POST', '/api/assistant/chat', { message: 'hi' })).status).toBe(
      502,
    );
    expect(await history(ann)).toEqual([]);
  });

  it('should not be shown to, or forgotten by, another user', async () => {
    await house.ask(ann, 'my secret');
    for (const other of [ben, admin]) {
      expect(await history(other)).toEqual([]);
      await house.send(other, 'DELETE', '/api/assistant/history');
    }
    await house.ask(ben, 'hello');
    expect(JSON.stringify(llm.chats[1])).not.toContain('my secret');
    expect(await history(ann)).toHaveLength(2);
    expect((await house.send(ann, 'DELETE', '/api/assistant/history')).body).toEqual({
      message: '2 messages forgotten',
    });
    expect(await history(ann)).toEqual([]);
    expect(await history(ben)).toHaveLength(2);
  });

  it.each([
    [{}, 'message'],
    [{ message: '' }, 'message'],
    [{ message: 'x'.repeat(32_001) }, 'message'],
    [{ message: 'hi', context: 'queue' }, 'context'],
    [{ message: 'hi', model: 'x' }, 'model'],
  ])('does not begin with %j', async (body, field) => {
    const reply = await house.send(ann, 'POST', '/api/assistant/chat', body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
  });
});

describe('an answer as it comes', () => {
  beforeEach(() => start('ollama'));

  interface Sent {
    event: string;
    data: Record<string, unknown>;
  }

  async function open(message: string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${await house.server.listen()}/api/assistant/chat/stream`, {
      method: 'POST',
      headers: { ...bearer(ann), 'content-type': 'application/json' },
      body: JSON.stringify({ message }),
      signal,
    });
  }

  function eventsIn(text: string): Sent[] {
    return text
      .split('\n\n')
      .filter((frame) => frame.startsWith('event:'))
      .map((frame) => {
        const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
        return { event, data: JSON.parse(data) as Record<string, unknown> };
      });
  }

  it('is the same in pieces', async () => {
    llm.say(
      { thinking: 'hm', content: 'I look.', ...calling('get_status') },
      { content: ['All ', 'is well.'] },
    );
    const response = await open('How is it?');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const events = eventsIn(await response.text());
    expect(events.map(({ event }) => event)).toEqual([
      'thinking',
      'content',
      'tool_call',
      'content',
      'content',
      'done',
    ]);
    const said = events
      .filter(({ event }) => event === 'content')
      .map(({ data }) => data['content'])
      .join('');
    expect(events.at(-1)?.data).toMatchObject({
      message: said,
      thinking: 'hm',
      tool_calls: [events[2]?.data],
    });
    expect(said).toBe('I look.\n\nAll is well.');
  });

  it('ends with an error, whose status was 200', async () => {
    llm.say({ content: 'half', cut: true });
    const response = await open('hi');
    expect(response.status).toBe(200);
    expect(eventsIn(await response.text())).toMatchObject([
      { event: 'content', data: { content: 'half' } },
      {
        event: 'error',
        data: { category: 'parse', error: { code: 'TEXT_ENDPOINT_FAILED', status_code: 502 } },
      },
    ]);
  });

  it('says what is to be configured in the same way', async () => {
    await house.send(admin, 'PUT', '/api/assistant/settings', { enabled: false });
    expect(eventsIn(await (await open('hi')).text())).toMatchObject([
      { event: 'error', data: { category: 'configuration', error: { code: 'TEXT_DISABLED' } } },
    ]);
  });

  it('is given up when nobody listens any more', async () => {
    llm.say({ content: 'begun', endless: true });
    const gone = new AbortController();
    const response = await open('hi', gone.signal);
    const reader = response.body!.getReader();
    await reader.read();
    gone.abort();
    await until('the model to be left alone', 5000, () => llm.hungUp === 1);
    expect((await house.send(ann, 'GET', '/api/assistant/history')).body['count']).toBe(0);
  });
});
