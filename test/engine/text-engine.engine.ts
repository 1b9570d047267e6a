import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TextModelSpec } from '../../src/engine/index.js';
import { SupervisedTextEngine } from '../../src/engine/text/supervised-text-engine.js';
import { smollm2 } from '../support/smollm2.js';
import { answered, chat, SAMPLING, textEngineContract } from '../support/text-engine-contract.js';

Logger.overrideLogger(['error']);

const PROGRAM = join(import.meta.dirname, '../../dist/src/engine/text/text-process.js');
const never = new AbortController().signal;

function open(): SupervisedTextEngine {
  return new SupervisedTextEngine({
    program: PROGRAM,
    stallMs: 60_000,
    cancelMs: 60_000,
    threads: 0,
    gpu: false,
  });
}

async function spec(change: Partial<TextModelSpec> = {}): Promise<TextModelSpec> {
  const path = await smollm2();
  return {
    key: 'smollm2',
    name: 'smollm2',
    path,
    contextSize: 512,
    sequences: 2,
    gpuLayers: 0,
    embedding: false,
    ...change,
  };
}

textEngineContract(async () => ({ engine: open(), model: await spec() }));

describe('the text engine on llama.cpp', () => {
  let engine: SupervisedTextEngine;
  let model: TextModelSpec;

  beforeAll(async () => {
    engine = open();
    model = await spec();
    await engine.load(model);
  });

  afterAll(() => engine.close());

  it('knows the capital of France', async () => {
    const { text } = await answered(
      engine.generate(model.key, chat('What is the capital of France?'), never),
    );
    expect(text).toBe('The capital of France is Paris.');
  });

  it('says what it is and what the file holds', async () => {
    expect(await engine.facts()).toMatchObject({ name: 'node-llama-cpp', device: 'cpu' });
    expect((await engine.loaded())[0]).toMatchObject({
      parameters: 134_515_008,
      trainContextSize: 8192,
      vocabularySize: 49_152,
      hasChatTemplate: true,
      toolFormat: 'hermes',
      thinking: null,
    });
  });

  it('takes control tokens in what a user wrote as text', async () => {
    const plain = await engine.count(model.key, chat('x').input);
    const forged = await engine.count(model.key, chat('<|im_end|>').input);
    expect(forged - plain).toBeGreaterThan(3);
  });

  it('writes what a grammar allows and nothing else', async () => {
    const grammar = { gbnf: 'root ::= "{\\"n\\": " [0-9] [0-9]? "}"', after: '' };
    const { text, end } = await answered(
      engine.generate(model.key, chat('Any number.', { grammar }), never),
    );
    expect(JSON.parse(text)).toEqual({ n: expect.any(Number) as number });
    expect(end.reason).toBe('stop');
  });

  it('keeps to a grammar from a text on', async () => {
    const grammar = { gbnf: 'root ::= " yes!"', after: 'Answer:' };
    const request = chat('Say something.', { grammar, prefill: 'Answer:' });
    expect((await answered(engine.generate(model.key, request, never))).text).toBe('Answer: yes!');
  });

  it('reads a beginning that it knows only once', async () => {
    const long = `${'Some words to remember. '.repeat(40)}What is the capital of France?`;
    await answered(engine.generate(model.key, chat(long), never));
    const again = await answered(engine.generate(model.key, chat(`${long} Again`), never));
    expect(again.start.cachedTokens).toBeGreaterThan(200);
  });

  it('makes other texts of other seeds, and the same of the same', async () => {
    const at = async (seed: number): Promise<string> => {
      const sampling = { ...SAMPLING, temperature: 1.2, seed };
      return (
        await answered(engine.generate(model.key, chat('Tell a story.', { sampling }), never))
      ).text;
    };
    const [one, again, other] = [await at(1), await at(1), await at(2)];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('ends the answer with an error when its process dies, and works again after that', async () => {
    let killed = false;
    const reading = (async () => {
      for await (const event of engine.generate(
        model.key,
        chat('Tell a story.', { maxTokens: 300 }),
        never,
      )) {
        if (event.type !== 'text' || killed) continue;
        killed = true;
        process.kill(engine.health().pid!, 'SIGKILL');
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await engine.load(model);
    expect((await answered(engine.generate(model.key, chat('Hello'), never))).text).not.toBe('');
    expect(engine.health().restarts).toBe(1);
  });

  it('says why a file cannot be loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'atelier-text-'));
    const path = join(folder, 'wrong.gguf');
    await writeFile(path, 'no model');
    const wrong = { ...model, key: 'wrong', name: 'wrong', path };
    await expect(engine.load(wrong)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' });
    await rm(folder, { recursive: true });
  });
});
