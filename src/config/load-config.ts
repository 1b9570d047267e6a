import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../common/index.js';
import { ConfigError } from './config-error.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { rememberOrigin } from './effective-config.js';
import { FILE_SUFFIX, flagOf, PREFIX, variablesOf } from './setting-names.js';
import {
  givenFor,
  type Environment,
  type Flags,
  type Inputs,
  type SettingSource,
} from './setting-source.js';
import { settingsOf, type ConfigClass, type Setting } from './setting.js';
import { CONFIG_SECTIONS, type Config } from './settings.config.js';
import { StorageConfig } from './storage.config.js';

/** Names the configuration file; on the command line it is `--config`. */
export const CONFIG_FILE_VARIABLE = 'ATELIER_CONFIG';
export const CONFIG_FILE_FLAG = 'config';

/** Read from the data folder when no other file is named. */
export const DEFAULT_FILE_NAME = 'config.yaml';

/** Variables with our prefix that are no settings: the file's name, and what the set-up and the tests read. */
const READ_ELSEWHERE = [CONFIG_FILE_VARIABLE, 'ATELIER_ENGINE_FEATURES', 'ATELIER_CHROMIUM'];

interface Reading {
  inputs: Inputs;
  faults: string[];
  /** By `section.property`. */
  sources: Map<string, SettingSource>;
}

const allSettings = (): Setting[] =>
  Object.values(CONFIG_SECTIONS).flatMap((type) => settingsOf(type));

function apply(target: object, section: string, setting: Setting, reading: Reading): void {
  const given = givenFor(section, setting, reading.inputs);
  if (!given) return;
  try {
    Reflect.set(target, setting.property, setting.parse(given.text));
    reading.sources.set(`${section}.${setting.property}`, given.source);
  } catch (error) {
    if (given.borrowed) return;
    const shown = setting.secret ? '' : `, not "${given.text}"`;
    throw new ConfigError(`${given.source.name} must be ${messageOf(error)}${shown}.`);
  }
}

function readSection(name: string, type: ConfigClass, reading: Reading): object {
  const section = new type();
  for (const setting of settingsOf(type)) {
    try {
      apply(section, name, setting, reading);
    } catch (error) {
      reading.faults.push(messageOf(error));
    }
  }
  return section;
}

function unknownVariables(env: Environment): string[] {
  const known = new Set(
    allSettings()
      .flatMap(variablesOf)
      .flatMap((name) => [name, `${name}${FILE_SUFFIX}`])
      .concat(READ_ELSEWHERE),
  );
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.has(name));
}

function unknownFlags(flags: Flags): string[] {
  const known = new Set([CONFIG_FILE_FLAG, ...allSettings().map(flagOf)]);
  return Object.keys(flags)
    .filter((flag) => !known.has(flag))
    .map((flag) => `--${flag}`);
}

/** The file that was named, else the one in the data folder if there is one. */
function findFile(inputs: Inputs): ConfigFile | undefined {
  const named = inputs.flags[CONFIG_FILE_FLAG] || inputs.env[CONFIG_FILE_VARIABLE];
  if (named) return readConfigFile(resolve(named), CONFIG_SECTIONS);
  // A data folder that cannot be used is reported with the other faults.
  const reading: Reading = { inputs, faults: [], sources: new Map() };
  const { dataDir } = readSection('storage', StorageConfig, reading) as StorageConfig;
  const path = resolve(dataDir, DEFAULT_FILE_NAME);
  return existsSync(path) ? readConfigFile(path, CONFIG_SECTIONS) : undefined;
}

/** Fills in what depends on other settings. */
function complete({ server, storage }: Config): void {
  if (server.verbose) Reflect.set(server, 'logLevel', 'debug');
  const dataDir = resolve(storage.dataDir);
  const modelsDirs = storage.modelsDirs.length > 0 ? storage.modelsDirs : [join(dataDir, 'models')];
  Object.assign(storage, {
    dataDir,
    outputDir: resolve(storage.outputDir || join(dataDir, 'outputs')),
    modelsDirs: modelsDirs.map((path) => resolve(path)),
  });
}

/** What is wrong with settings that are each good by themselves. */
function contradictions({ server, auth }: Pick<Config, 'server' | 'auth'>): string[] {
  const reachable = server.unixSocket !== '' || auth.unixUserProxies.length > 0;
  if (!auth.methods.includes('unix') || reachable) return [];
  return [
    'ATELIER_AUTH_METHODS has unix, but there is neither ATELIER_UNIX_SOCKET nor ATELIER_UNIX_USER_PROXIES to come in by.',
  ];
}

/**
 * The configuration: command line over environment over file over the defaults.
 * @throws ConfigError naming every bad value and every flag, variable and field that is no setting.
 */
export function loadConfig(env: Environment = process.env, flags: Flags = {}): Config {
  const file = findFile({ env, flags });
  const reading: Reading = { inputs: { env, flags, file }, faults: [], sources: new Map() };
  const unknown = [...unknownFlags(flags), ...unknownVariables(env)];
  reading.faults.push(...unknown.map((name) => `${name} is not a setting of this server.`));
  reading.faults.push(...(file?.faults ?? []));
  const sections = Object.entries(CONFIG_SECTIONS).map(([name, type]) => [
    name,
    readSection(name, type, reading),
  ]);
  const config = Object.fromEntries(sections) as Config;
  const { faults, sources } = reading;
  faults.push(...contradictions(config));
  if (faults.length > 0)
    throw new ConfigError(`${faults.join('\n')}\nconfig/reference.md lists the settings.`);
  complete(config);
  rememberOrigin(config, { file: file?.path, sources });
  return config;
}
