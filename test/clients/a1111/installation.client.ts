import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PythonEnvironment } from '../../../scripts/lib/python-environment.mjs';
import { temporaryFolder, type TemporaryFolder } from '../../support/folder.js';

let cache: TemporaryFolder;

beforeAll(async () => {
  cache = await temporaryFolder();
});

afterAll(() => cache.remove());

describe('a client in Python that cannot be installed', () => {
  it('says what to do, and is not taken for installed', async () => {
    vi.stubEnv('XDG_CACHE_HOME', cache.path);
    vi.stubEnv('PIP_NO_INDEX', '1');
    const environment = new PythonEnvironment('unreachable', ['webuiapi==0.9.17']);
    await expect(environment.install()).rejects.toThrow(
      /No matching distribution[^]*the Python package index can be reached/,
    );
    expect(environment.isInstalled()).toBe(false);
  });
});
