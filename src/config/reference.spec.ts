import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';
import { configReference, exampleEnv } from './reference.js';
import { settingsOf } from './setting.js';
import { CONFIG_SECTIONS } from './settings.config.js';

const settings = Object.values(CONFIG_SECTIONS).flatMap((type) => settingsOf(type));

describe('the manual', () => {
  it('has a line for each setting, with its default and a sentence', () => {
    const manual = configReference();
    for (const { env, doc } of settings) {
      expect(doc).toMatch(/^[A-Z].*\.$/s);
      expect(manual).toContain(env);
      expect(manual).toContain(doc);
    }
    expect(manual).toContain(
      '| `ATELIER_PORT` or `STABLE_DIFFUSION_PORT` | `--port` | `port` | `8080` |',
    );
  });

  it('shows no default that belongs to this machine', () => {
    expect(configReference()).not.toContain(loadConfig({}).storage.dataDir);
  });
});

describe('the example', () => {
  it('is a file whose every line can be taken as it is', () => {
    const lines = exampleEnv().split('\n');
    const pairs = lines.flatMap((line) => /^# ([A-Z0-9_]+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
    const env = Object.fromEntries(
      pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1]]] : [])),
    );
    expect(Object.keys(env)).toEqual(settings.map((setting) => setting.env));
    expect(loadConfig(env)).toEqual(loadConfig({}));
  });
});
