import { describe, expect, it } from 'vitest';
import { safeWeightName } from './weight-name.js';

describe('the name of a file from elsewhere', () => {
  it.each([
    ['model.safetensors', 'model.safetensors'],
    ['unet/diffusion_pytorch_model.safetensors', 'diffusion_pytorch_model.safetensors'],
    ['Ünïcode 模型.GGUF', 'Ünïcode 模型.GGUF'],
    ['../../etc/cron.d/x.pt', 'x.pt'],
    ['..\\..\\windows\\x.ckpt', 'x.ckpt'],
    ['/abs/x.pth', 'x.pth'],
    ['...x.bin', 'x.bin'],
    ['a\0b\n<c>.sft', 'abc.sft'],
    ['safe\u202etxt.gguf', 'safetxt.gguf'],
    ['  x .gguf', 'x .gguf'],
  ])('%j becomes %j', (given, name) => {
    expect(safeWeightName(given)).toBe(name);
  });

  it.each(['', '.', '..', '.gguf', '...gguf', 'x.exe', 'x.gguf.exe', 'x.gguf/', 'model', 'a.py'])(
    '%j is none',
    (given) => {
      expect(safeWeightName(given)).toBeUndefined();
    },
  );

  it('is none when it is longer than any name, and is told so at once', () => {
    const started = performance.now();
    expect(safeWeightName(`${'a'.repeat(1_000_000)}.gguf`)).toBeUndefined();
    expect(safeWeightName(`${'a'.repeat(4000)}.gguf`)).toMatch(/^a+\.gguf$/);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('is cut to what the disk takes, with its ending', () => {
    const name = safeWeightName(`${'ü'.repeat(300)}.safetensors`) ?? '';
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    expect(name).toMatch(/^ü+\.safetensors$/);
  });
});
