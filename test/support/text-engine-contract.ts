import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextEngine, TextEvent, TextModelSpec, TextRequest } from '../../src/engine/index.js';

export interface TextEngineUnderTest {
  engine: TextEngine;
  /** A model that chats, with a context of 512 tokens and two sequences. */
  model: TextModelSpec;
}

export const SAMPLING: TextRequest['sampling'] = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 7,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repeatPenalty: 1,
  bias: [],
};

export function chat(content: string, change: Partial<TextRequest> = {}): TextRequest {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content },
  ] as const;
  return {
    input: { kind: 'messages', messages, tools: [] },
    sampling: SAMPLING,
    maxTokens: 16,
    stop: [],
    prefill: '',
    grammar: null,
    logprobs: null,
    ...change,
  };
}

export interface Answer {
  text: string;
  start: Extract<TextEvent, { type: 'start' }>;
  end: Extract<TextEvent, { type: 'end' }>;
  pieces: Extract<TextEvent, { type: 'text' }>[];
}

/** The whole answer, once it is there. */
export async function answered(events: AsyncIterable<TextEvent>): Promise<Answer> {
  const all: TextEvent[] = [];
  for await (const event of events) all.push(event);
  const [start, ...rest] = all;
  const end = rest.pop();
  if (start?.type !== 'start' || end?.type !== 'end') throw new Error('No start, or no end.');
  const pieces = rest.filter((event) => event.type === 'text');
  expect(pieces).toHaveLength(rest.length);
  return { text: pieces.map(({ text }) => text).join(''), start, end, pieces };
}

const never = new AbortController().signal;

/** What every text engine promises, whatever it is made of. */
export function textEngineContract(open: () => Promise<TextEngineUnderTest>): void {
  describe('the contract of a text engine', () => {
    let engine: TextEngine;
    let model: TextModelSpec;

    beforeAll(async () => {
      ({ engine, model } = await open());
      await engine.load(model);
    });

    afterAll(() => engine.close());

    const write = (request: TextRequest, signal = never): Promise<Answer> =>
      answered(engine.generate(model.key, request, signal));

    it('says what is loaded', async () => {
      const [loaded] = await engine.loaded();
      expect(loaded).toMatchObject({ key: model.key, contextSize: 512, sequences: 2, active: 0 });
      expect(await engine.load(model)).toMatchObject({ key: model.key });
    });

    it('writes the same text for the same request', async () => {
      const one = await write(chat('Name three colours.'));
      const two = await write(chat('Name three colours.'));
      expect(one.text).not.toBe('');
      expect(two.text).toBe(one.text);
      expect(one.end.completionTokens).toBeLessThanOrEqual(16);
      expect(one.start.promptTokens).toBeGreaterThan(3);
    });

    it('ends after maxTokens, and says so', async () => {
      const { end } = await write(chat('Count from one to a hundred in words.', { maxTokens: 2 }));
      expect(end).toMatchObject({ reason: 'length', completionTokens: 2, stopText: null });
    });

    it('ends at a stop text, which is not part of the answer', async () => {
      const whole = (await write(chat('Name three colours.'))).text;
      const stop = whole.slice(4, 7);
      const { text, end } = await write(chat('Name three colours.', { stop: [stop] }));
      expect(text).toBe(whole.slice(0, whole.indexOf(stop)));
      expect(end).toMatchObject({ reason: 'stop', stopText: stop });
    });

    it('begins the answer with the prefill', async () => {
      const { text } = await write(chat('Name three colours.', { prefill: 'Green' }));
      expect(text.startsWith('Green')).toBe(true);
    });

    it('tells probabilities where they were asked for', async () => {
      const { pieces } = await write(chat('Name three colours.', { logprobs: 1, maxTokens: 3 }));
      const all = pieces.flatMap(({ probabilities = [] }) => probabilities);
      expect(all.length).toBeGreaterThan(0);
      for (const { logprob, top } of all) {
        expect(logprob).toBeLessThanOrEqual(0);
        expect(top.length).toBe(1);
      }
    });

    it('refuses a prompt that does not fit, with the numbers', async () => {
      const long = chat('word '.repeat(600));
      await expect(write(long)).rejects.toMatchObject({
        code: 'CONTEXT_LENGTH_EXCEEDED',
        contextSize: 512,
      });
      const tokens = await engine.count(model.key, long.input);
      expect(tokens).toBeGreaterThanOrEqual(600);
    });

    it('stops when the signal is aborted, and frees its sequence', async () => {
      const abort = new AbortController();
      const events = engine.generate(
        model.key,
        chat('Tell a story.', { maxTokens: 200 }),
        abort.signal,
      );
      const reading = (async () => {
        for await (const event of events) if (event.type === 'text') abort.abort();
      })();
      await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
      expect((await engine.loaded())[0]!.active).toBe(0);
    });

    it('works on more requests than it has sequences, and mixes none of them up', async () => {
      const questions = ['Say red.', 'Say green.', 'Say blue.', 'Say black.'];
      const alone = [];
      for (const question of questions) alone.push((await write(chat(question))).text);
      const together = await Promise.all(questions.map((question) => write(chat(question))));
      expect(together.map(({ text }) => text)).toEqual(alone);
    });

    it('knows nothing of a model that is not loaded', async () => {
      const events = engine.generate('nothing', chat('Hello'), never);
      await expect(answered(events)).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' });
    });
  });
}
