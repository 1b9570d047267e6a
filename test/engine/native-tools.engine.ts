import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ImageContext,
  Upscaler,
  convertModel,
  pamAuthenticate,
  peerCredentials,
  preprocessCanny,
} from '../../native/index.js';
import { apple, model, rgb } from '../support/native-addon.js';
import { TINY_UPSCALER_FILE } from '../support/tiny-emoji.js';

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'native-tools-'));
});

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

describe('Upscaler', () => {
  it('enlarges a picture in tiles, and can be cancelled and freed', async () => {
    const upscaler = await Upscaler.load({ modelPath: TINY_UPSCALER_FILE, tileSize: 32 });
    expect(upscaler.factor).toBe(4);
    const phases: string[] = [];
    const image = await upscaler.upscale(rgb(64, 48), ({ phase, step, steps }) => {
      if (phase === 'upscaling') phases.push(`${step}/${steps}`);
    });
    expect(image).toMatchObject({ width: 256, height: 192, channels: 3 });
    expect(phases).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
    const stopped = upscaler.upscale(rgb(64, 48), () => upscaler.cancel());
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    await upscaler.free();
    await expect(upscaler.upscale(rgb(8, 8))).rejects.toMatchObject({ code: 'FREED' });
  });

  it('rejects a model of another kind', async () => {
    const load = Upscaler.load({ modelPath: model.taesdPath });
    await expect(load).rejects.toMatchObject({ code: 'LOAD_FAILED' });
  });
});

describe('convertModel', () => {
  it('writes a model that loads', async () => {
    const inputPath = model.diffusionModelPath;
    const outputPath = join(scratch, 'converted.gguf');
    await convertModel({ inputPath, outputPath, outputType: 'f16' });
    const converted = await ImageContext.load({ ...model, diffusionModelPath: outputPath });
    await expect(converted.generateImage(apple)).resolves.toHaveLength(1);
    await converted.free();
  });

  it('rejects what it cannot read, and rules that would end the process', async () => {
    const paths = { inputPath: join(scratch, 'missing'), outputPath: join(scratch, 'out.gguf') };
    await expect(convertModel(paths)).rejects.toMatchObject({ code: 'CONVERT_FAILED' });
    const larger = convertModel({ ...paths, outputType: 'q8_0', tensorTypeRules: 'layers=f32' });
    await expect(larger).rejects.toMatchObject({ field: 'tensorTypeRules' });
  });
});

describe('preprocessCanny', () => {
  it('finds the outline of a square', async () => {
    const square = rgb(32, 32, 0);
    for (let row = 8; row < 24; row += 1)
      square.data.fill(255, (row * 32 + 8) * 3, (row * 32 + 24) * 3);
    const edges = await preprocessCanny(square);
    expect(edges).toMatchObject({ width: 32, height: 32, channels: 3 });
    expect(edges.data[(16 * 32 + 16) * 3]).toBe(0);
    expect(edges.data.filter((value) => value === 255).length).toBeGreaterThan(100);
    await expect(preprocessCanny(rgb(3, 3))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe.runIf(process.platform === 'linux')('the machine', () => {
  it('is asked for a password on a thread of its own', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const asked = pamAuthenticate('login', 'nobody-by-this-name', 'wrong');
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^PAM_/u) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('tells who is at the other end of a Unix socket', async () => {
    const path = join(scratch, 'peer.sock');
    const server = createServer();
    const accepted = new Promise<number>((resolve) => {
      server.once('connection', (socket) => {
        const { fd } = Reflect.get(socket, '_handle') as { fd: number };
        resolve(peerCredentials(fd).pid);
        socket.destroy();
      });
    });
    server.listen(path);
    const client = connect(path);
    expect(await accepted).toBe(process.pid);
    client.destroy();
    server.close();
    expect(() => peerCredentials(-1)).toThrow(expect.objectContaining({ code: 'SYSTEM_ERROR' }));
  });
});
