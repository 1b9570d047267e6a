import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  asCurl,
  asJavaScript,
  KEY_PLACEHOLDER,
  type MadeRequest,
} from '../../web/src/views/create/copy-as.js';
import { APPLE } from '../support/client.js';
import { temporaryFolder } from '../support/folder.js';
import { createKeyOf, sharedServer } from '../support/server.js';

const run = promisify(execFile);
const server = sharedServer();

const PROMPT = `a "red" apple, it's $HOME \\ \`ripe\``;

/** The code as a user has it who put a key of theirs in the place of ours. */
async function written(write: (request: MadeRequest) => string): Promise<string> {
  const key = await createKeyOf(server().admin);
  const request: MadeRequest = {
    origin: server().url,
    kind: 'text2img',
    body: { ...APPLE, prompt: PROMPT, batch_count: 2 },
  };
  return write(request).replaceAll(KEY_PLACEHOLDER, key);
}

describe('a request that is copied as code', () => {
  it.each([
    ['curl', 'bash', 'again.sh', asCurl],
    ['JavaScript', process.execPath, 'again.mjs', asJavaScript],
  ] as const)('makes the same pictures again: %s', async (_, program, file, write) => {
    const drawn = await server().admin.draw({ ...APPLE, prompt: PROMPT });
    const folder = await temporaryFolder();
    try {
      await writeFile(join(folder.path, file), await written(write));
      await run(program, [file], { cwd: folder.path, timeout: 100_000 });
      expect((await readdir(folder.path)).toSorted()).toEqual([file, 'image_0.png', 'image_1.png']);
      expect(drawn.equals(await readFile(join(folder.path, 'image_0.png')))).toBe(true);
    } finally {
      await folder.remove();
    }
  });
});
