import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

let house: SdcppHouse;

beforeAll(async () => {
  house = await sdcppHouse();
});

afterAll(() => house.close());

const put = (path: string, body: unknown) => house.ask(path, { method: 'PUT', body });

describe('/settings/generation', () => {
  const form = { steps: 30, sampler: 'euler', loras: [{ name: 'x', weight: 0.8 }] };

  it('begins with nothing in every kind', async () => {
    const { body } = await house.ask('/settings/generation', { token: house.tokens.admin });
    expect(body).toEqual({ txt2img: {}, img2img: {}, txt2vid: {} });
  });

  it('keeps what it is given, kind by kind', async () => {
    const { status, body } = await put('/settings/generation', { txt2img: form });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, settings: { txt2img: form, img2img: {}, txt2vid: {} } });
    await put('/settings/generation', { txt2vid: { fps: 24 } });
    expect((await house.ask('/settings/generation')).body).toEqual({
      txt2img: form,
      img2img: {},
      txt2vid: { fps: 24 },
    });
  });

  it('keeps one kind by its name', async () => {
    const { body } = await put('/settings/generation/img2img', { strength: 0.5 });
    expect(body).toEqual({ success: true, mode: 'img2img', preferences: { strength: 0.5 } });
    expect((await house.ask('/settings/generation/img2img')).body).toEqual({ strength: 0.5 });
  });

  it('knows no other kinds', async () => {
    expect((await house.ask('/settings/generation/upscale')).status).toBe(404);
    expect((await put('/settings/generation/constructor', {})).status).toBe(404);
    expect((await put('/settings/generation', { upscale: {} })).status).toBe(400);
  });

  it.each([[[]], ['text'], [null]])('keeps no %j', async (body) => {
    expect((await put('/settings/generation/txt2img', body)).status).toBe(400);
    expect((await put('/settings/generation', { txt2img: body })).status).toBe(400);
  });

  it('keeps no more than its bound', async () => {
    const { status, body } = await put('/settings/generation', {
      txt2img: { prompt: 'x'.repeat(300_000) },
    });
    expect(status).toBe(413);
    expect(body['error']).toMatch(/256 KiB/);
  });
});

describe('/settings/preferences', () => {
  const first = { desktop_notifications: false, theme: 'default', theme_custom: null };

  it('begins with what the web UI expects', async () => {
    const { body } = await house.ask('/settings/preferences', { token: house.tokens.admin });
    expect(body).toEqual(first);
  });

  it('keeps parts of it', async () => {
    const lists = {
      txt2img: { positive: [{ name: 'a', weight: 1, isValid: true }], negative: [] },
    };
    const { status, body } = await put('/settings/preferences', { theme: 'dark' });
    expect(status).toBe(200);
    expect(body['settings']).toEqual({ ...first, theme: 'dark' });
    expect(body['preferences']).toEqual(body['settings']);
    await put('/settings/preferences', { theme_custom: { accent: '#fff' }, lora_lists: lists });
    await put('/settings/preferences', { desktop_notifications: true, show_option_hints: false });
    expect((await house.ask('/settings/preferences')).body).toEqual({
      desktop_notifications: true,
      theme: 'dark',
      theme_custom: { accent: '#fff' },
      show_option_hints: false,
      lora_lists: lists,
    });
  });

  it.each([
    { theme: 5 },
    { theme: 'x'.repeat(101) },
    { desktop_notifications: 'yes' },
    { theme_custom: 'red' },
    { colour: 'red' },
  ])('refuses %j', async (body) => {
    expect((await put('/settings/preferences', body)).status).toBe(400);
  });

  it('are each user’s own', async () => {
    const { body } = await house.ask('/settings/preferences', { token: house.tokens.bert });
    expect(body).toEqual(first);
  });

  it('are forgotten with POST /settings/reset, and the forms with them', async () => {
    await put('/settings/generation', { txt2img: { steps: 5 } });
    const { status, body } = await house.ask('/settings/reset', { method: 'POST' });
    expect(status).toBe(200);
    expect(body).toEqual({ success: true, message: expect.any(String) });
    expect((await house.ask('/settings/preferences')).body).toEqual(first);
    expect((await house.ask('/settings/generation')).body['txt2img']).toEqual({});
  });
});

describe('/settings/output', () => {
  it('puts variations into folders of their own until somebody says otherwise', async () => {
    expect((await house.ask('/settings/output')).body).toEqual({ output_group_folders: true });
    const { body } = await put('/settings/output', { output_group_folders: false });
    expect(body).toEqual({ success: true, output_group_folders: false });
    expect((await house.ask('/settings/output')).body).toEqual({ output_group_folders: false });
    const { body: others } = await house.ask('/settings/output', { token: house.tokens.bert });
    expect(others).toEqual({ output_group_folders: true });
  });

  it.each([{}, { output_group_folders: 1 }, { output_group_folders: true, more: 1 }])(
    'refuses %j',
    async (body) => {
      expect((await put('/settings/output', body)).status).toBe(400);
    },
  );
});

describe('/settings/auto-unload', () => {
  const off = { enabled: false, timeout_minutes: 30 };
  const admin = (body: unknown) =>
    house.ask('/settings/auto-unload', { method: 'PUT', body, token: house.tokens.admin });

  it('is off until an administrator turns it on, for everybody', async () => {
    expect((await house.ask('/settings/auto-unload')).body).toEqual({
      main: off,
      upscaler: off,
      adetailer: off,
    });
    const main = { enabled: true, timeout_minutes: 5 };
    const { status, body } = await admin({ main, upscaler: off, adetailer: off });
    expect(status).toBe(200);
    expect(body).toEqual({ main, upscaler: off, adetailer: off });
    await admin({ upscaler: { timeout_minutes: 60 } });
    expect((await house.ask('/settings/auto-unload')).body).toEqual({
      main,
      upscaler: { enabled: false, timeout_minutes: 60 },
      adetailer: off,
    });
  });

  it('is not for users to change', async () => {
    const { status, body } = await put('/settings/auto-unload', { main: off });
    expect(status).toBe(403);
    expect(body['error']).toEqual(expect.any(String));
  });

  it.each([
    { main: { timeout_minutes: 0 } },
    { main: { timeout_minutes: 1441 } },
    { main: { enabled: 'yes' } },
    { main: 5 },
    { upscaler: { minutes: 5 } },
    { adetailer: { enabled: true } },
    { all: off },
  ])('refuses %j', async (body) => {
    expect((await admin(body)).status).toBe(400);
  });
});

describe('GET /memory', () => {
  const ROOM = {
    total_bytes: expect.any(Number),
    used_bytes: expect.any(Number),
    free_bytes: expect.any(Number),
    total_mb: expect.any(Number),
    used_mb: expect.any(Number),
    free_mb: expect.any(Number),
    usage_percent: expect.any(Number),
  };

  it('says what the machine has and what the server takes', async () => {
    const { status, body } = await house.ask('/memory');
    expect(status).toBe(200);
    expect(body).toEqual({
      system: ROOM,
      process: {
        rss_bytes: expect.any(Number),
        virtual_bytes: expect.any(Number),
        rss_mb: expect.any(Number),
        virtual_mb: expect.any(Number),
      },
      gpu: { available: false, name: '', ...ROOM },
    });
    const { system, process } = body as Record<string, Record<string, number>>;
    expect(system!['total_bytes']).toBe(system!['used_bytes']! + system!['free_bytes']!);
    expect(system!['usage_percent']).toBeGreaterThan(0);
    expect(process!['rss_mb']).toBeGreaterThan(10);
    expect(process!['rss_bytes']).toBeLessThan(system!['total_bytes']!);
  });

  it('is nothing to a stranger', async () => {
    expect((await house.ask('/memory', { token: '' })).status).toBe(401);
  });
});
