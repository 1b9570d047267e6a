import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { errorOf, type Reply } from '../support/auth.js';
import type { StandInLlm } from '../support/llm.js';
import { TextHouse } from '../support/text-house.js';

let house: TextHouse;
let llm: StandInLlm;
let admin: string;
let ann: string;
let ben: string;

beforeEach(async () => {
  house = await TextHouse.open({ env: { ATELIER_ENHANCE_HISTORY: '3' } });
  ({ llm } = house);
  ({ admin, ann, ben } = house.tokens);
});

afterEach(async () => {
  await house.close();
});

async function promptsOf(as: string, query = ''): Promise<Record<string, unknown>[]> {
  const { body } = await house.send(as, 'GET', `/api/text/history${query}`);
  return body['prompts'] as Record<string, unknown>[];
}

describe('a better prompt', () => {
  it('is what the model says, tidied, and no longer than may be drawn', async () => {
    llm.say({ content: '<think>hm</think>\n\nHere is the prompt: "a cat,\n  on a mat"' });
    llm.say({ content: 'x'.repeat(5000) });
    expect((await house.enhance(ann, 'a cat')).body['enhanced_prompt']).toBe('a cat, on a mat');
    expect((await house.enhance(ann, 'a cat')).body['enhanced_prompt']).toHaveLength(4000);
  });

  it('is made as the caller says, where they say it', async () => {
    await house.enhance(ann, 'a cat', { system_prompt: 'Answer in French.' });
    expect(llm.chats[0]?.body.messages?.[0]?.content).toBe('Answer in French.');
  });

  it.each([
    [{}, 'prompt'],
    [{ prompt: ' ' }, 'prompt'],
    [{ prompt: 'x'.repeat(4001) }, 'prompt'],
    [{ prompt: 'a', system_prompt: 'x'.repeat(20_001) }, 'system_prompt'],
    [{ prompt: 'a', more: 1 }, 'more'],
  ])('is not made of %j', async (body, field) => {
    const reply = await house.send(ann, 'POST', '/api/text/enhance', body);
    expect([reply.status, errorOf(reply)]).toMatchObject([400, { problems: [{ field }] }]);
    expect(llm.chats).toEqual([]);
  });
});

describe('the history of prompts', () => {
  it('has the newest first, failures too, in pages, and as many as are kept', async () => {
    await house.enhance(ann, 'one');
    await house.enhance(ann, 'two');
    llm.say({ status: 500, error: 'no memory' });
    await house.enhance(ann, 'three');
    await house.enhance(ann, 'four');
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
    const { body } = await house.enhance(ann, 'one');
    await house.enhance(ann, 'two');
    const url = `/api/text/history/${String(body['id'])}`;
    expect((await house.send(ann, 'GET', url)).body).toEqual(body);
    expect((await house.send(ann, 'DELETE', url)).status).toBe(200);
    const gone = await house.send(ann, 'DELETE', url);
    expect([gone.status, errorOf(gone).code]).toEqual([404, 'PROMPT_NOT_FOUND']);
    expect((await house.send(ann, 'DELETE', '/api/text/history')).body).toEqual({
      message: '1 prompts forgotten',
    });
    expect(await promptsOf(ann)).toEqual([]);
  });

  it('should not show, count, or forget the prompts of another user, not even to an administrator', async () => {
    const { body } = await house.enhance(ann, 'one');
    const url = `/api/text/history/${String(body['id'])}`;
    for (const other of [ben, admin]) {
      expect(await promptsOf(other)).toEqual([]);
      expect((await house.send(other, 'GET', url)).status).toBe(404);
      expect((await house.send(other, 'DELETE', url)).status).toBe(404);
      await house.send(other, 'DELETE', '/api/text/history');
      expect((await house.send(other, 'GET', '/api/text/status')).body['history_count']).toBe(0);
    }
    expect(await promptsOf(ann)).toHaveLength(1);
  });

  it('goes with the user, as do the messages to the assistant', async () => {
    await house.enhance(ann, 'one');
    await house.enhance(ben, 'two');
    await house.send(ann, 'POST', '/api/assistant/chat', { message: 'hi' });
    expect((await house.send(admin, 'DELETE', `/api/users/${house.ids.ann}`)).status).toBe(200);
    const source = house.app.get(DataSource);
    expect(await source.query('SELECT "original" FROM "prompt_history"')).toEqual([
      { original: 'two' },
    ]);
    expect(await source.query('SELECT * FROM "assistant_messages"')).toEqual([]);
  });

  it('is not kept where none is to be kept', async () => {
    await house.send(admin, 'PUT', '/api/text/settings', { max_history: 0 });
    expect((await house.enhance(ann, 'one')).status).toBe(200);
    expect(await promptsOf(ann)).toEqual([]);
  });
});

describe('an expansion', () => {
  async function expand(body: object): Promise<Reply> {
    return house.send(ann, 'POST', '/api/text/expand', body);
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
