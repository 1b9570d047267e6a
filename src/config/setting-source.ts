import { readFileSync } from 'node:fs';
import { messageOf } from '../common/index.js';
import { ConfigError } from './config-error.js';
import { textOf, type ConfigFile } from './config-file.js';
import { fieldOf, FILE_SUFFIX, flagOf, variablesOf } from './setting-names.js';
import type { Setting } from './setting.js';

export type Environment = Record<string, string | undefined>;

/** Settings of the command line by their name without dashes: `{ port: '9000' }`. */
export type Flags = Record<string, string | undefined>;

/** Where a value came from. */
export interface SettingSource {
  kind: 'command line' | 'environment' | 'file' | 'default';
  /** The flag, the variable, or the field and its file; absent for a default. */
  name?: string;
}

/** Everything that can set a setting, besides its default. */
export interface Inputs {
  flags: Flags;
  env: Environment;
  file?: ConfigFile;
}

/** A value as somebody wrote it. */
export interface Given {
  source: SettingSource & { name: string };
  text: string;
  /** Was meant for other programs too: what cannot be used of it is no fault. */
  borrowed?: boolean;
}

function contentOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${name} names a file that cannot be read: ${messageOf(error)}`);
  }
}

function fromFlags(setting: Setting, flags: Flags): Given | undefined {
  const flag = flagOf(setting);
  const value = flags[flag];
  if (value === undefined) return undefined;
  const name = `--${flag}`;
  const text = setting.secret ? contentOf(value, name) : value;
  return { source: { kind: 'command line', name }, text };
}

function fromEnvironment(setting: Setting, env: Environment): Given | undefined {
  for (const name of variablesOf(setting)) {
    const source = { kind: 'environment', name } as const;
    const path = env[`${name}${FILE_SUFFIX}`];
    if (path) return { source, text: contentOf(path, `${name}${FILE_SUFFIX}`) };
    const text = env[name];
    if (text || (text === '' && setting.emptyCounts)) return { source, text };
  }
  return undefined;
}

function fromFile(section: string, setting: Setting, file: ConfigFile): Given | undefined {
  const field = `${section}.${fieldOf(setting)}`;
  const pathField = `${field}${FILE_SUFFIX.toLowerCase()}`;
  const name = `${field} in ${file.path}`;
  const source = { kind: 'file', name } as const;
  const path = file.values.get(pathField);
  if (typeof path === 'string') {
    return { source, text: contentOf(path, `${pathField} in ${file.path}`) };
  }
  const value = file.values.get(field);
  if (value === undefined) return undefined;
  try {
    return { source, text: textOf(value, setting) };
  } catch (error) {
    throw new ConfigError(`${name} must be ${messageOf(error)}.`);
  }
}

function fromOthers({ borrowed: name }: Setting, env: Environment): Given | undefined {
  const text = name && env[name];
  return text ? { source: { kind: 'environment', name }, text, borrowed: true } : undefined;
}

/**
 * What was said of a setting by whoever has the last word: command line over environment over file.
 * @throws ConfigError for a value that is to be read from a file that cannot be read.
 */
export function givenFor(section: string, setting: Setting, inputs: Inputs): Given | undefined {
  const { flags, env, file } = inputs;
  return (
    fromFlags(setting, flags) ??
    fromEnvironment(setting, env) ??
    (file && fromFile(section, setting, file)) ??
    fromOthers(setting, env)
  );
}
