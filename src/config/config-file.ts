import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { messageOf } from '../common/index.js';
import { fieldOf, FILE_SUFFIX } from './setting-names.js';
import { settingsOf, type ConfigClass, type Setting } from './setting.js';

const FILE_FIELD_SUFFIX = FILE_SUFFIX.toLowerCase();

/** What a configuration file says. */
export interface ConfigFile {
  path: string;
  /** By `section.field`, as the file has it. */
  values: ReadonlyMap<string, unknown>;
  /** What cannot be understood, a sentence each. */
  faults: string[];
}

/** @throws Error whose message completes "The configuration file PATH …". */
function readMapping(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`cannot be read: ${messageOf(error).trimEnd()}`, { cause: error });
  }
  if (content === null) return {};
  if (!isMapping(content)) throw new Error('must hold sections, such as "server:".');
  return content;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(type: ConfigClass): Set<string> {
  const fields = settingsOf(type).map(fieldOf);
  return new Set(fields.flatMap((field) => [field, `${field}${FILE_FIELD_SUFFIX}`]));
}

/** Reads a YAML or JSON file with a mapping for each section; what is null there is not set. */
export function readConfigFile(path: string, sections: Record<string, ConfigClass>): ConfigFile {
  const values = new Map<string, unknown>();
  const faults: string[] = [];
  const file = { path, values, faults };
  let content: Record<string, unknown>;
  try {
    content = readMapping(path);
  } catch (error) {
    faults.push(`The configuration file ${path} ${messageOf(error)}`);
    return file;
  }
  for (const [section, fields] of Object.entries(content)) {
    const type = Object.hasOwn(sections, section) ? sections[section] : undefined;
    if (!type) faults.push(`"${section}" in ${path} is not a section of the settings.`);
    else if (isMapping(fields)) readSection(file, section, type, fields);
    else if (fields !== null) faults.push(`"${section}" in ${path} must hold settings.`);
  }
  return file;
}

function readSection(
  { path, values, faults }: ConfigFile & { values: Map<string, unknown> },
  section: string,
  type: ConfigClass,
  fields: Record<string, unknown>,
): void {
  const known = fieldsOf(type);
  for (const [field, value] of Object.entries(fields)) {
    const name = `${section}.${field}`;
    if (!known.has(field)) faults.push(`"${name}" in ${path} is not a setting of this server.`);
    else if (field.endsWith(FILE_FIELD_SUFFIX) && typeof value !== 'string')
      faults.push(`"${name}" in ${path} must be the path of a file.`);
    else if (value !== null) values.set(name, value);
  }
}

/**
 * A value of a file as the text that its setting's parser reads.
 * @throws Error whose message completes "NAME must be …"
 */
export function textOf(value: unknown, { parse: { separator, structured } }: Setting): string {
  if (typeof value === 'string') return value;
  if (structured && typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (separator === undefined || !Array.isArray(value)) throw new Error('a single value');
  const entries = value as unknown[];
  const fits = (entry: unknown): boolean => typeof entry === 'string' && !entry.includes(separator);
  if (!entries.every(fits)) throw new Error(`a list of texts without "${separator}"`);
  return entries.join(separator);
}
