import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../common/index.js';
import { settingsOf, type ConfigClass, type Setting } from './setting.js';
import { CONFIG_SECTIONS, type Config } from './settings.config.js';

/** The configuration cannot be used; the message has a line for each fault. Stops the boot. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export type Environment = Record<string, string | undefined>;

const PREFIX = 'ATELIER_';

/** Variables with our prefix that other programs of this project read: the set-up, the tests. */
const READ_ELSEWHERE = new Set(['ATELIER_ENGINE_FEATURES', 'ATELIER_CHROMIUM']);

function namesOf(setting: Setting): string[] {
  return [setting.env, ...(setting.alias ?? [])];
}

function readFileSetting(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${name}_FILE names a file that cannot be read: ${messageOf(error)}`);
  }
}

function find(setting: Setting, env: Environment): { name: string; value: string } | undefined {
  for (const name of namesOf(setting)) {
    const path = env[`${name}_FILE`];
    if (path) return { name, value: readFileSetting(name, path) };
    const value = env[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

function apply(target: object, setting: Setting, env: Environment): void {
  const found = find(setting, env);
  if (!found) return;
  try {
    Reflect.set(target, setting.property, setting.parse(found.value));
  } catch (error) {
    const shown = setting.secret ? '' : `, not "${found.value}"`;
    throw new ConfigError(`${found.name} must be ${messageOf(error)}${shown}.`);
  }
}

function readSection<T extends object>(
  type: ConfigClass<T>,
  env: Environment,
  faults: string[],
): T {
  const section = new type();
  for (const setting of settingsOf(type)) {
    try {
      apply(section, setting, env);
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  return section;
}

function unknownNames(env: Environment): string[] {
  const known = new Set(
    Object.values(CONFIG_SECTIONS)
      .flatMap((type) => settingsOf(type).flatMap(namesOf))
      .flatMap((name) => [name, `${name}_FILE`]),
  );
  return Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !known.has(name) && !READ_ELSEWHERE.has(name),
  );
}

/**
 * The configuration from the environment over the defaults.
 * @throws ConfigError naming every bad value and every unknown variable with our prefix.
 */
export function loadConfig(env: Environment = process.env): Config {
  const faults = unknownNames(env).map((name) => `${name} is not a setting of this server.`);
  const config = {
    server: readSection(CONFIG_SECTIONS.server, env, faults),
    storage: readSection(CONFIG_SECTIONS.storage, env, faults),
    auth: readSection(CONFIG_SECTIONS.auth, env, faults),
    engine: readSection(CONFIG_SECTIONS.engine, env, faults),
    generate: readSection(CONFIG_SECTIONS.generate, env, faults),
  };
  if (faults.length > 0)
    throw new ConfigError(`${faults.join('\n')}\nconfig/reference.md lists the settings.`);
  const { storage } = config;
  storage.dataDir = resolve(storage.dataDir);
  storage.outputDir = resolve(storage.outputDir || join(storage.dataDir, 'outputs'));
  if (storage.modelsDirs.length === 0) storage.modelsDirs = [join(storage.dataDir, 'models')];
  storage.modelsDirs = storage.modelsDirs.map((path) => resolve(path));
  return config;
}
