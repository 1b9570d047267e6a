import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, type Environment } from './load-config.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-config-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileWith(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The lines of the fault. */
function faultsOf(env: Environment): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  throw new Error('No fault.');
}

describe('an empty environment', () => {
  it('gives the documented defaults', () => {
    const { server, storage } = loadConfig({});
    expect(server).toMatchObject({ host: '0.0.0.0', port: 8080, logLevel: 'info' });
    expect(storage.outputDir).toBe(join(storage.dataDir, 'outputs'));
    expect(storage.modelsDirs).toEqual([join(storage.dataDir, 'models')]);
  });

  it('takes an empty variable for none', () => {
    expect(loadConfig({ ATELIER_PORT: '' }).server.port).toBe(8080);
  });
});

describe('a variable', () => {
  it('sets its setting, in its type', () => {
    const { server, generate, storage } = loadConfig({
      ATELIER_PORT: '9000',
      ATELIER_PREVIEWS: 'no',
      ATELIER_MODELS_DIR: 'a:/b',
    });
    expect(server.port).toBe(9000);
    expect(generate.previews).toBe(false);
    expect(storage.modelsDirs).toEqual([resolve('a'), '/b']);
  });

  it('may have the documented name of the other server; ours comes first', () => {
    expect(loadConfig({ STABLE_DIFFUSION_PORT: '9001' }).server.port).toBe(9001);
    const both = { STABLE_DIFFUSION_PORT: '9001', ATELIER_PORT: '9002' };
    expect(loadConfig(both).server.port).toBe(9002);
  });

  it('with _FILE names the file that holds the value', () => {
    const secret = 'a secret that is long enough to sign with';
    const path = fileWith('secret', `${secret}\n`);
    expect(loadConfig({ ATELIER_JWT_SECRET_FILE: path }).auth.jwtSecret).toBe(secret);
  });
});

describe('a fault', () => {
  it('names each bad value and what would be right', () => {
    const faults = faultsOf({
      ATELIER_PORT: '70000',
      ATELIER_LOG_LEVEL: 'loud',
      ATELIER_PREVIEWS: 'perhaps',
      ATELIER_TOKEN_HOURS: '1.5',
      ATELIER_PROMPT_LIMIT: '4000',
    });
    expect(faults.slice(0, -1)).toEqual([
      'ATELIER_PORT must be a whole number from 0 to 65535, not "70000".',
      'ATELIER_LOG_LEVEL must be one of debug, info, warn, error, not "loud".',
      'ATELIER_TOKEN_HOURS must be a whole number from 1 to 8760, not "1.5".',
      'ATELIER_PREVIEWS must be true or false, not "perhaps".',
    ]);
  });

  it('says under which name a bad value was given', () => {
    expect(faultsOf({ STABLE_DIFFUSION_PORT: 'x' })[0]).toMatch(/^STABLE_DIFFUSION_PORT must be/);
  });

  it('names a variable with our prefix that is no setting', () => {
    const faults = faultsOf({ ATELIER_PROT: '1', PORT: '2', ATELIER_CHROMIUM: '/usr/bin/x' });
    expect(faults.slice(0, -1)).toEqual(['ATELIER_PROT is not a setting of this server.']);
  });

  it('does not show a secret', () => {
    const [fault] = faultsOf({ ATELIER_JWT_SECRET: 'hunter2' });
    expect(fault).toBe('ATELIER_JWT_SECRET must be a secret of at least 32 characters.');
  });

  it('names a file of a value that cannot be read', () => {
    const [fault] = faultsOf({ ATELIER_JWT_SECRET_FILE: join(folder, 'nothing') });
    expect(fault).toMatch(/^ATELIER_JWT_SECRET_FILE names a file that cannot be read: ENOENT/);
  });
});
