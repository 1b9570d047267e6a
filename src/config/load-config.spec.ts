import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { effectiveConfig } from './effective-config.js';
import { loadConfig } from './load-config.js';
import type { Environment, Flags } from './setting-source.js';

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
function faultsOf(env: Environment, flags: Flags = {}): string[] {
  try {
    loadConfig(env, flags);
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

  it.each([
    [{}, true],
    [{ MOLD_OUTPUT_DIR: '' }, false],
    [{ MOLD_OUTPUT_DIR: '/srv/output' }, true],
    [{ ATELIER_KEEP_ANSWERED: 'false', MOLD_OUTPUT_DIR: '/srv/output' }, false],
  ])('keeps outputs with %j: %s', (env, kept) => {
    const { files, storage } = loadConfig(env);
    expect(files.keepAnswered).toBe(kept);
    const folder = 'MOLD_OUTPUT_DIR' in env && env.MOLD_OUTPUT_DIR;
    expect(storage.outputDir).toBe(folder || join(storage.dataDir, 'outputs'));
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

describe('the log level', () => {
  it('is debug when verbose, and what RUST_LOG says where that is a level of ours', () => {
    const levelOf = (env: Environment): string => loadConfig(env).server.logLevel;
    expect(levelOf({ ATELIER_VERBOSE: 'true' })).toBe('debug');
    expect(levelOf({ RUST_LOG: 'debug' })).toBe('debug');
    expect(levelOf({ RUST_LOG: 'hyper=trace,debug' })).toBe('info');
    expect(levelOf({ RUST_LOG: 'debug', ATELIER_LOG_LEVEL: 'warn' })).toBe('warn');
  });
});

describe('a configuration file', () => {
  it('sets in YAML or JSON, with the fields in snake case', () => {
    const yaml = fileWith(
      'a.yaml',
      'server:\n  port: 9100\n  body_limit_mb: 5\n  verbose: true\nstorage:\n  models_dir: null\n',
    );
    expect(faultsOf({ ATELIER_CONFIG: yaml })[0]).toContain('"storage.models_dir"');
    const good = fileWith('b.yaml', 'server: {port: 9100, verbose: true, body_limit_mb: 5}\n');
    expect(loadConfig({ ATELIER_CONFIG: good }).server).toMatchObject({
      port: 9100,
      bodyLimitMb: 5,
      logLevel: 'debug',
    });
    const json = fileWith('c.json', '{"storage": {"models_dirs": ["/x", "/y"]}}');
    expect(loadConfig({}, { config: json }).storage.modelsDirs).toEqual(['/x', '/y']);
  });

  it('is read from the data folder when none is named', () => {
    fileWith('config.yaml', 'server: {port: 9101}\n');
    expect(loadConfig({ ATELIER_DATA_DIR: folder }).server.port).toBe(9101);
    rmSync(join(folder, 'config.yaml'));
    expect(loadConfig({ ATELIER_DATA_DIR: folder }).server.port).toBe(8080);
  });

  it('may name the file of a secret', () => {
    const secret = 'a secret that is long enough to sign with';
    const config = fileWith('d.yaml', `auth: {jwt_secret_file: ${fileWith('s', secret)}}\n`);
    expect(loadConfig({}, { config }).auth.jwtSecret).toBe(secret);
  });

  it.each([
    ['server: {prot: 1}', '"server.prot" in FILE is not a setting of this server.'],
    ['sever: {port: 1}', '"sever" in FILE is not a section of the settings.'],
    ['server: 5', '"server" in FILE must hold settings.'],
    ['- server', 'The configuration file FILE must hold sections, such as "server:".'],
    [
      'server: {port: abc}',
      'server.port in FILE must be a whole number from 0 to 65535, not "abc".',
    ],
    ['server: {port: [1]}', 'server.port in FILE must be a single value.'],
    [
      'auth: {jwt_secret: short}',
      'auth.jwt_secret in FILE must be a secret of at least 32 characters.',
    ],
  ])('is refused with what is wrong in it: %s', (content, fault) => {
    const path = fileWith('bad.yaml', content);
    expect(faultsOf({}, { config: path })[0]).toBe(fault.replace('FILE', path));
  });

  it('is refused when it cannot be read or understood', () => {
    const missing = join(folder, 'missing.yaml');
    expect(faultsOf({ ATELIER_CONFIG: missing })[0]).toMatch(/cannot be read: ENOENT/);
    expect(faultsOf({}, { config: fileWith('e.yaml', 'a: [') })[0]).toMatch(/cannot be read: /);
  });
});

describe('the order', () => {
  it('is command line, environment, file, default, and each value knows its source', () => {
    const file = fileWith(
      'order.yaml',
      'server: {port: 1, host: "::1", drain_seconds: 9}\nauth: {admin_password: hunter2}\n',
    );
    const config = loadConfig(
      { ATELIER_CONFIG: file, ATELIER_PORT: '2', STABLE_DIFFUSION_HOST: '::2' },
      { port: '3' },
    );
    const { server, auth } = effectiveConfig(config);
    expect(server).toMatchObject({
      port: { value: 3, source: 'command line', name: '--port' },
      host: { value: '::2', source: 'environment', name: 'STABLE_DIFFUSION_HOST' },
      drain_seconds: { value: 9, source: 'file', name: `server.drain_seconds in ${file}` },
      log_level: { value: 'info', source: 'default', name: null },
    });
    expect(auth).toMatchObject({
      admin_password: { value: '********', source: 'file' },
      jwt_secret: { value: '', source: 'default' },
    });
  });
});

describe('the command line', () => {
  it('names its settings after the variables, and takes secrets only as files', () => {
    const path = fileWith('pw', 'from a file');
    const { server, auth } = loadConfig({}, { 'body-limit-mb': '7', 'admin-password-file': path });
    expect(server.bodyLimitMb).toBe(7);
    expect(auth.adminPassword).toBe('from a file');
    expect(faultsOf({}, { 'admin-password': 'x', prot: '1' }).slice(0, -1)).toEqual([
      '--admin-password is not a setting of this server.',
      '--prot is not a setting of this server.',
    ]);
  });
});

describe('origins of web pages', () => {
  it('are none, where nothing is said', () => {
    expect(loadConfig({}).server.corsOrigins).toEqual([]);
  });

  it.each([
    '*',
    'example.org',
    'https://example.org/',
    'https://example.org/app',
    'null',
    'ftp://a',
  ])('are not "%s"', (origin) => {
    const env = { ATELIER_CORS_ORIGINS: `https://example.org, ${origin}` };
    expect(faultsOf(env).join()).toContain('ATELIER_CORS_ORIGINS must be a list of origins');
  });
});
