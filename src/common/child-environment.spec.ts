import { describe, expect, it, vi } from 'vitest';
import { childEnvironment } from './child-environment.js';

describe('childEnvironment', () => {
  it.each([
    'ATELIER_JWT_SECRET',
    'HF_TOKEN',
    'HUGGING_FACE_HUB_TOKEN',
    'CIVITAI_API_KEY',
    'CIVITAI_TOKEN',
    'OPENAI_API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'STABLE_DIFFUSION_KEY',
    'NODE_OPTIONS',
    'LD_PRELOAD',
  ])('leaves out %s', (name) => {
    vi.stubEnv(name, 'a secret');
    expect(childEnvironment()).not.toHaveProperty(name);
    expect(Object.values(childEnvironment())).not.toContain('a secret');
  });

  it.each([
    'PATH',
    'HOME',
    'LC_ALL',
    'LD_LIBRARY_PATH',
    'CUDA_VISIBLE_DEVICES',
    'OMP_NUM_THREADS',
    'VK_ICD_FILENAMES',
  ])('hands on %s', (name) => {
    vi.stubEnv(name, 'a value');
    expect(childEnvironment()[name]).toBe('a value');
  });

  it('prefers what the server was started with over defaults', () => {
    vi.stubEnv('OMP_WAIT_POLICY', 'active');
    expect(childEnvironment({ OMP_WAIT_POLICY: 'passive', GGML_NO_BACKTRACE: '1' })).toMatchObject({
      OMP_WAIT_POLICY: 'active',
      GGML_NO_BACKTRACE: '1',
    });
  });
});
