import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withoutLocalBins } from './paths.mjs';
import { filesUnder, hashOf, readStamp, writeStamp } from './stamp.mjs';
import { duration, runStep, StepError, tail } from './step.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-setup-'));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/a.ts'), 'a');
  writeFileSync(join(folder, 'src/a.spec.ts'), 'test');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sources = () => filesUnder(join(folder, 'src'), (path) => path.endsWith('.spec.ts'));

describe('a stamp', () => {
  it('changes with a content, a name, a setting, and with nothing else', () => {
    const first = hashOf(folder, sources(), 'linux');
    writeFileSync(join(folder, 'src/a.spec.ts'), 'another test');
    expect(hashOf(folder, sources(), 'linux')).toBe(first);
    expect(hashOf(folder, sources(), 'darwin')).not.toBe(first);
    writeFileSync(join(folder, 'src/b.ts'), '');
    const second = hashOf(folder, sources(), 'linux');
    writeFileSync(join(folder, 'src/a.ts'), 'b');
    expect(new Set([first, second, hashOf(folder, sources(), 'linux')]).size).toBe(3);
  });

  it('reads back what was written, and is missing before', () => {
    const stamp = join(folder, 'deep/.stamp');
    expect(readStamp(stamp)).toBeUndefined();
    writeStamp(stamp, 'abc');
    expect(readStamp(stamp)).toBe('abc');
  });

  it('has no files where there is no folder', () => {
    expect(filesUnder(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('runStep', () => {
  beforeEach(() => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  const step = { title: 'trying', name: 'spec', args: [], advice: 'Do this next.' };

  it('fails with the end of the log and the advice', async () => {
    const code = 'for (let i = 0; i < 100; i++) console.log(`line ${i}.`); process.exit(3)';
    const failure = runStep({ ...step, command: process.execPath, args: ['-e', code] });
    await expect(failure).rejects.toThrow(StepError);
    await expect(failure).rejects.toThrow(/^line 60\.\n[^]*line 99\.[^]*ended with 3[^]*next\.$/);
  });

  it('fails where the program is missing', async () => {
    await expect(runStep({ ...step, command: join(folder, 'none') })).rejects.toThrow('ENOENT');
  });
});

describe('words on the screen', () => {
  it.each([
    [340, '0.3 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [185_000, '3 min 5 s'],
  ])('gives %d ms as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it('keeps the end of a text', () => {
    expect(tail('a\nb\nc\n', 2)).toBe('b\nc');
  });
});

describe('withoutLocalBins', () => {
  it('leaves the machine its own programs', () => {
    expect(withoutLocalBins('/w/node_modules/.bin:/usr/bin:/w/node_modules/.bin/:/bin')).toBe(
      '/usr/bin:/bin',
    );
  });
});
