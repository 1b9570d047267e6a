import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../src/engine/index.js';
import { EventBus, type EventMap } from '../../src/events/index.js';
import { IdleModels } from '../../src/models/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { bearer, send, tokenOf } from '../support/auth.js';
import { jobEnd, jobWhen, submitted } from '../support/jobs.js';

const MINUTE_MS = 60_000;

let server: TestApp;
let gate: ReturnType<typeof FakeEngine.blocking>;
let idle: IdleModels;
let token: string;

async function start(minutes: number): Promise<void> {
  gate = FakeEngine.blocking();
  server = await createTestApp({
    engine: gate.engine,
    env: { ATELIER_MODELS_IDLE_MINUTES: String(minutes) },
  });
  idle = server.app.get(IdleModels);
  token = await tokenOf(server.app);
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * MINUTE_MS);

async function drawn(): Promise<void> {
  gate.open();
  await jobEnd(server.app, token, await submitted(server.app, token));
}

describe('models that nobody uses', () => {
  beforeEach(() => start(5));

  afterEach(async () => {
    gate.open();
    await server.close();
  });

  it('are unloaded after as long as it is set, and loaded again when they are wanted', async () => {
    const told: EventMap['model.idle'][] = [];
    server.app.get(EventBus).on('model.idle', (event) => told.push(event));
    await drawn();
    expect(await idle.sweep(inMinutes(4))).toBe(0);
    expect(await gate.engine.loaded()).toHaveLength(1);
    expect(await idle.sweep(inMinutes(6))).toBe(1);
    expect(await gate.engine.loaded()).toEqual([]);
    expect(told).toEqual([
      { id: expect.any(String), name: 'tiny-emoji', use: 'drawing', idleSeconds: 360 },
    ]);
    await drawn();
    expect(await gate.engine.loaded()).toHaveLength(1);
  });

  it('are not those that somebody draws with', async () => {
    const id = await submitted(server.app, token);
    await jobWhen(server.app, token, id, ({ phase }) => phase === 'encoding');
    expect(await idle.sweep(inMinutes(60))).toBe(0);
    expect(await gate.engine.loaded()).toHaveLength(1);
    gate.open();
    await jobEnd(server.app, token, id);
    expect(await idle.sweep(inMinutes(60))).toBe(1);
  });

  it('are upscalers too, by a rule of their own', async () => {
    const data = Buffer.alloc(8 * 8 * 3, 90);
    const raw = { width: 8, height: 8, channels: 3 } as const;
    const png = await sharp(data, { raw }).png().toBuffer();
    const body = { image: png.toString('base64') };
    const reply = await send(server.app, 'POST', '/api/generate/upscale', bearer(token), body);
    await jobEnd(server.app, token, reply.body['request_id'] as string);
    await idle.change({ enlarging: false }, { caller: undefined });
    expect(await idle.sweep(inMinutes(60))).toBe(0);
    expect((await idle.lastUse()).enlarging).toBeInstanceOf(Date);
    await idle.change({ enlarging: true, enlargingMinutes: 10 }, { caller: undefined });
    expect(await idle.sweep(inMinutes(9))).toBe(0);
    expect(await idle.sweep(inMinutes(11))).toBe(1);
    expect(await idle.lastUse()).toEqual({ drawing: null, enlarging: null });
  });

  it('stay when an administrator says so, or leave sooner', async () => {
    await drawn();
    await idle.change({ drawing: false }, { caller: undefined });
    expect(await idle.sweep(inMinutes(60))).toBe(0);
    await idle.change({ drawing: true, drawingMinutes: 1 }, { caller: undefined });
    expect(await idle.sweep(inMinutes(2))).toBe(1);
  });
});

describe('a server that is told nothing of it', () => {
  it('keeps its models', async () => {
    await start(0);
    await drawn();
    expect(await idle.rules()).toMatchObject({ drawing: false, enlarging: false });
    expect(await idle.sweep(inMinutes(10_000))).toBe(0);
    await server.close();
  });
});
