import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../../src/engine/index.js';
import { temporaryFolder, type TemporaryFolder } from '../../support/folder.js';
import { eventsIn, startMold, type MoldServer } from '../../support/mold.js';

const run = promisify(execFile);

let mold: MoldServer;
let folder: TemporaryFolder;

beforeAll(async () => {
  mold = await startMold(FakeEngine.instant(), { ATELIER_AUTH_METHODS: 'jwt,none' });
  folder = await temporaryFolder();
});

afterAll(async () => {
  await mold.close();
  await folder.remove();
});

/** Runs a line of the document as it stands there, but for the address of the server. */
async function line(text: string): Promise<string> {
  const here = text.replaceAll('http://localhost:7680', mold.base);
  const { stdout } = await run('bash', ['-c', here], { cwd: folder.path });
  return stdout;
}

async function robot() {
  return sharp(await readFile(join(folder.path, 'robot.png'))).metadata();
}

describe('the lines of the document', () => {
  it('generate an image', async () => {
    await line(`curl -X POST http://localhost:7680/api/generate \\
  -H "Content-Type: application/json" \\
  -d '{"prompt": "a glowing robot"}' \\
  -o robot.png`);
    expect(await robot()).toMatchObject({ format: 'png', width: 128, height: 128 });
  });

  it('check status', async () => {
    const status = JSON.parse(await line('curl http://localhost:7680/api/status')) as object;
    expect(status).toMatchObject({ version: expect.any(String) as string, busy: false });
    expect(Object.keys(status)).toEqual(
      expect.arrayContaining([
        'version',
        'git_sha',
        'build_date',
        'models_loaded',
        'busy',
        'gpu_info',
        'uptime_secs',
      ]) as string[],
    );
  });

  it('list models', async () => {
    const models = JSON.parse(await line('curl http://localhost:7680/api/models')) as object[];
    expect(models).toContainEqual(expect.objectContaining({ name: 'flux-schnell:q8' }));
  });

  it('load a specific model', async () => {
    const answer = await line(`curl -X POST http://localhost:7680/api/models/load \\
  -H "Content-Type: application/json" \\
  -d '{"model": "flux-dev:q4"}'`);
    expect(answer).toBe("model 'flux-dev:q4' loaded");
  });

  it('show the headers of a picture', async () => {
    await line(`curl -i -X POST http://localhost:7680/api/generate \\
  -H "Content-Type: application/json" \\
  -d '{
    "prompt": "a glowing robot in a rainy alley",
    "model": "flux-schnell:q8",
    "width": 1024,
    "height": 1024,
    "steps": 4,
    "guidance": 0.0,
    "output_format": "png"
  }' \\
  -o robot.png`);
    const answer = (await readFile(join(folder.path, 'robot.png'))).toString('latin1');
    const [head = ''] = answer.split('\r\n\r\n', 1);
    expect(head).toMatch(/^HTTP\/1.1 200 OK/);
    expect(head).toMatch(/^content-type: image\/png\r$/m);
    expect(head).toMatch(/^x-mold-seed-used: \d+\r?$/m);
  });

  it('stream', async () => {
    const events = eventsIn(
      await line(`curl -N http://localhost:7680/api/generate/stream \\
  -H "Content-Type: application/json" \\
  -d '{"prompt":"a glowing robot","model":"flux-dev:q4","steps":25,"width":1024,"height":1024}'`),
    );
    expect(events[0]!.data).toMatchObject({ type: 'queued', position: 1 });
    expect(events.at(-1)).toMatchObject({
      name: 'complete',
      data: { model: 'flux-dev:q4', images: [{ format: 'png', width: 1024, index: 0 }] },
    });
  });
});

describe('the request of the document', () => {
  it('is taken with every one of its fields', async () => {
    const create = { width: 64, height: 64, channels: 3, background: '#c01010' } as const;
    const picture = (await sharp({ create }).png().toBuffer()).toString('base64');
    const { status } = await mold.stranger.post('/api/generate', {
      prompt: 'a cat on a skateboard',
      model: 'photo:fp16',
      width: 1024,
      height: 1024,
      steps: 4,
      seed: 42,
      guidance: 0.0,
      batch: 1,
      negative_prompt: '',
      image: picture,
      strength: 0.75,
      mask: picture,
      lora: '/path/to/adapter.safetensors',
      lora_scale: 1.0,
      expand: false,
    });
    expect(status).toBe(200);
  });
});
