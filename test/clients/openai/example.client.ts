import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../../src/common/index.js';
import { APPLE } from '../../support/client.js';
import { temporaryFolder } from '../../support/folder.js';
import { exampleIn } from '../../support/manual.js';
import { createKeyOf, sharedServer } from '../../support/server.js';

const server = sharedServer();
const folder = await temporaryFolder();
afterAll(() => folder.remove());

describe("the manual's example of OpenAI's package", () => {
  it('draws, edits and shows pictures in the making', async () => {
    const { admin, url } = server();
    const apple = join(folder.path, 'apple.png');
    await sharp(await admin.draw(APPLE)).toFile(apple);
    const own = { 'https://your-server': url, 'apple.png': apple };
    const code = await exampleIn('openai.md', 'js', own);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', code],
      { cwd: PACKAGE_ROOT, env: { ATELIER_KEY: await createKeyOf(admin) } },
    );
    expect(stdout.match(/http:\S+\/image_\d[.]png/g)).toHaveLength(2);
    expect(stdout.trim()).toMatch(/\nimage_generation[.]completed \d{4,}$/);
  });
});
