import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addon, ffmpeg, node } from './program.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-doctor-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function addonThat(does: string): string {
  const path = join(folder, 'index.cjs');
  writeFileSync(path, does);
  return path;
}

describe('Node.js', () => {
  it.each([
    ['24.21.0', 'good'],
    ['22.15.0', 'good'],
    ['22.14.9', 'broken'],
    ['20.20.2', 'broken'],
  ])('%s is %s', (version, state) => {
    expect(node(version).state).toBe(state);
  });
});

describe('the addon', () => {
  it('is good when it tells of itself', async () => {
    const path = addonThat(
      "exports.engineInfo = () => ({ version: 'v1', commit: 'abc', devices: [{ name: 'CPU' }] });",
    );
    expect(await addon(path)).toEqual({
      state: 'good',
      text: 'The image engine loads: v1 (abc) on CPU',
    });
  });

  it.each([
    [
      "throw new Error('libgomp.so.1: cannot open shared object file: No such file or directory');",
      'libgomp.so.1: cannot open',
      'Install the system package that holds libgomp.so.1.',
    ],
    ["process.kill(process.pid, 'SIGILL');", 'its process ended by SIGILL', 'npm run setup'],
    ["throw new Error('no build of it here');", 'no build of it here', 'npm run setup'],
  ])('is broken, with what to do: %s', async (does, reason, mend) => {
    const found = await addon(addonThat(does));
    expect(found.state).toBe('broken');
    expect(found.text).toContain(reason);
    expect(found.mend).toContain(mend);
  });

  it('is broken when it is not there', async () => {
    const found = await addon(join(folder, 'nothing.js'));
    expect(found).toMatchObject({
      state: 'broken',
      mend: expect.stringContaining('setup') as string,
    });
  });
});

describe('ffmpeg', () => {
  it('is missed, but not needed', async () => {
    expect((await ffmpeg(join(folder, 'no-ffmpeg'))).state).toBe('wanting');
  });
});
