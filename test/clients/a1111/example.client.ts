import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';
import { exampleIn } from '../../support/manual.js';
import { PASSWORD, sharedServer } from '../../support/server.js';
import { installWebuiapi, WEBUIAPI } from '../../support/webuiapi.js';

installWebuiapi();

const server = sharedServer();
const folder = await temporaryFolder();
afterAll(() => folder.remove());

describe("the manual's example of webuiapi", () => {
  it('draws, and paints the picture anew', async () => {
    const apple = join(folder.path, 'apple.png');
    const code = await exampleIn('a1111.md', 'python', {
      'https://your-server': server().url,
      'apple.png': apple,
      '"anna"': '"admin"',
      '"…"': `"${PASSWORD}"`,
    });
    const size = 'print(drawn.image.size, painted.image.size)';
    const program = WEBUIAPI.program('python');
    const { stdout } = await promisify(execFile)(program, ['-c', `${code}\n${size}`]);
    expect(stdout).toContain('(128, 128) (128, 128)');
    expect(await sharp(apple).metadata()).toMatchObject({ format: 'png', width: 128 });
  });
});
