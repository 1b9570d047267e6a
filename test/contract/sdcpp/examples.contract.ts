import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { temporaryFolder } from '../../support/folder.js';
import { startSdcpp, type SdcppServer } from '../../support/sdcpp.js';
import { until } from '../../support/until.js';

/** As the document has them, to the letter. */
const EXAMPLES = join(import.meta.dirname, 'examples');
const DOCUMENTED = 'http://localhost:8080';
const DOCUMENTED_SOCKET = 'ws://localhost:8081';

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

const HAS_PYTHON = works('python3', '-c', 'import requests');
const HAS_SHELL_TOOLS = works('curl', '--version') && works('jq', '--version');

let sdcpp: SdcppServer;
let base: string;

beforeAll(async () => {
  sdcpp = await startSdcpp(FakeEngine.slow(20));
  base = sdcpp.server.listenerOf('sdcpp');
});

afterAll(() => sdcpp.close());

interface Ended {
  code: number | null;
  output: string;
  folder: Awaited<ReturnType<typeof temporaryFolder>>;
}

/** The key goes where the tools of the examples take one from: no line of theirs has a place for it. */
async function credentials(folder: string): Promise<NodeJS.ProcessEnv> {
  const { hostname } = new URL(base);
  await writeFile(
    join(folder, '.curlrc'),
    `header = "Authorization: Bearer ${sdcpp.anna.token}"\n`,
  );
  await writeFile(
    join(folder, 'sitecustomize.py'),
    [
      'import requests',
      'before = requests.Session.__init__',
      'def init(self):',
      '    before(self)',
      `    self.headers["Authorization"] = "Bearer ${sdcpp.anna.token}"`,
      'requests.Session.__init__ = init',
      '',
    ].join('\n'),
  );
  return {
    ...process.env,
    HOME: folder,
    PYTHONPATH: folder,
    NO_PROXY: hostname,
    no_proxy: hostname,
  };
}

/** Runs an example with nothing changed but the address and the key. */
async function run(command: string, file: string): Promise<Ended> {
  const folder = await temporaryFolder();
  const env = await credentials(folder.path);
  const text = await readFile(join(EXAMPLES, file), 'utf8');
  expect(text).toContain(DOCUMENTED);
  const path = join(folder.path, file);
  await writeFile(path, text.replaceAll(DOCUMENTED, base));
  const child = spawn(command, [path], { cwd: folder.path, env });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, folder };
}

async function expectPng(folder: string, name: string): Promise<void> {
  const bytes = await readFile(join(folder, name));
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
}

describe("the document's own examples, with another address and a key", () => {
  it.skipIf(!HAS_PYTHON)('in Python: load, draw, poll, download', async () => {
    const { code, output, folder } = await run('python3', 'example.py');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/'success': True.*Status: completed.*Saved: /s) as string,
    });
    const [, name = ''] = /Saved: \S+\/(\S+)/.exec(output) ?? [];
    await expectPng(folder.path, name);
    await folder.remove();
  });

  it.skipIf(!HAS_SHELL_TOOLS)('in Bash: load, draw, poll, download', async () => {
    const { code, output, folder } = await run('bash', 'example.sh');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/"success":true.*Status: completed.*Saved: /s) as string,
    });
    const [, name = ''] = /Saved: (\S+)/.exec(output) ?? [];
    await expectPng(folder.path, name);
    await folder.remove();
  });

  it('in JavaScript: progress, previews and the end over the socket', async () => {
    const text = await readFile(join(EXAMPLES, 'example.js.txt'), 'utf8');
    expect(text).toContain(DOCUMENTED_SOCKET);
    const lines: string[] = [];
    const picture = { src: '' };
    const address = `${base.replace('http', 'ws')}/?token=${sdcpp.anna.token}`;
    const socket = runInNewContext(`${text.replace(DOCUMENTED_SOCKET, address)}\nws;`, {
      WebSocket,
      console: { log: (line: string) => lines.push(line) },
      document: { getElementById: () => picture },
    }) as WebSocket;
    await once(socket, 'open');
    await sdcpp.anna.post('/models/load', { model_name: 'v1-5-pruned-emaonly.safetensors' });
    const { body } = await sdcpp.anna.post('/txt2img', { prompt: 'a cat', steps: 4 });
    const id = String(body['job_id']);
    await until('the end of the job', 20_000, () =>
      lines.includes(`Job ${id}: completed`) ? true : undefined,
    );
    expect(lines).toContain('Progress: 4/4');
    expect(picture.src).toMatch(/^data:image\/jpeg;base64,/);
    socket.close();
  });
});
