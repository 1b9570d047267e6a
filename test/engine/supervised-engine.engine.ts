import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineProgress } from '../../src/engine/index.js';
import { SupervisedEngine } from '../../src/engine/supervised-engine.js';
import { engineContract } from '../support/engine-contract.js';
import { OTHER_TINY_EMOJI, tinyEmoji, tinyUpscaler } from '../support/tiny-emoji.js';

// The engine's own words are many; what matters of them is in the errors that are looked at here.
Logger.overrideLogger(['error']);

const PROGRAM = join(import.meta.dirname, '../../dist/src/engine/engine-process.js');

function open(stallMs = 60_000): SupervisedEngine {
  return new SupervisedEngine({ program: PROGRAM, stallMs, cancelMs: 60_000 });
}

engineContract(async () => ({
  engine: open(),
  model: tinyEmoji(),
  other: OTHER_TINY_EMOJI,
  upscaler: tinyUpscaler(),
}));

describe('SupervisedEngine', () => {
  const opened: SupervisedEngine[] = [];
  afterEach(() => Promise.all(opened.splice(0).map((engine) => engine.close())));

  const start = async (stallMs?: number): Promise<SupervisedEngine> => {
    const engine = open(stallMs);
    opened.push(engine);
    await engine.load(tinyEmoji());
    return engine;
  };

  const drawing = (engine: SupervisedEngine, onStep: (step: number) => void): Promise<unknown> => {
    const onProgress = ({ phase, step }: EngineProgress): void => {
      if (phase === 'sampling') onStep(step);
    };
    const request = {
      prompt: 'red apple',
      negativePrompt: '',
      width: 128,
      height: 128,
      steps: 100,
      cfgScale: 3,
      seed: 1,
      batchCount: 1,
      clipSkip: -1,
    };
    return engine.generate('tiny', request, { onProgress });
  };

  it('fails the call when its process is killed, and begins anew with the next', async () => {
    const engine = await start();
    const first = engine.pid!;
    const call = drawing(engine, (step) => step === 2 && process.kill(first, 'SIGKILL'));
    await expect(call).rejects.toMatchObject({
      reason: 'crashed',
      message: expect.stringContaining('SIGKILL') as string,
    });
    expect(await engine.loaded()).toEqual([]);
    await engine.load(tinyEmoji());
    expect(engine.pid).not.toBe(first);
  });

  it('ends a process from which nothing is heard', async () => {
    const engine = await start(5000);
    const { pid } = engine;
    const call = drawing(engine, (step) => step === 2 && process.kill(pid!, 'SIGSTOP'));
    await expect(call).rejects.toMatchObject({ reason: 'stalled' });
    await engine.load(tinyEmoji());
    expect(engine.pid).not.toBe(pid);
  });

  it('says how to help when its program cannot start', async () => {
    const engine = new SupervisedEngine({ program: '/nowhere.js', stallMs: 5000, cancelMs: 5000 });
    opened.push(engine);
    await expect(engine.facts()).rejects.toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('set-up') as string,
    });
  });

  it('does not hand its secrets to the engine', async () => {
    process.env['ATELIER_JWT_SECRET'] = 'for this test';
    try {
      const engine = await start();
      const environment = await readFile(`/proc/${engine.pid}/environ`, 'utf8');
      expect(environment).toContain('OMP_WAIT_POLICY=passive');
      expect(environment).not.toContain('ATELIER_JWT_SECRET');
    } finally {
      delete process.env['ATELIER_JWT_SECRET'];
    }
  });
});
