import 'reflect-metadata';
import ipaddr from 'ipaddr.js';

/** Reads the text of a setting; throws an Error whose message completes "NAME must be …". */
export interface SettingParser<T> {
  (text: string): T;
  /** What stands between the entries of a list; in a file such a setting may be a list too. */
  separator?: string;
  /** In a file such a setting may be a structure, which is handed over as JSON. */
  structured?: boolean;
  /** The words that it may be, where those are known beforehand. */
  choices?: readonly string[];
}

export interface SettingOptions<T> {
  /** Name of the environment variable; with `_FILE` behind it, the file that holds the value. */
  env: string;
  /** Further environment variables that mean the same, for example a documented name of another server. */
  alias?: string[];
  /** An environment variable that is set, but empty, says something too; otherwise it says nothing. */
  emptyCounts?: boolean;
  /** An environment variable that other programs read too: what cannot be used of it is passed over. */
  borrowed?: string;
  parse: SettingParser<T>;
  /** A sentence for the manual: what it is, in which unit, and what happens when it is not set. */
  doc: string;
  /** How the manual writes the default where the value itself would not say it. */
  shownDefault?: string;
  /** Never printed. */
  secret?: boolean;
}

export interface Setting<T = unknown> extends SettingOptions<T> {
  property: string;
}

/** Characters; what HS256 wants of its key in bytes (RFC 7518, 3.2). */
const MIN_SECRET_LENGTH = 32;

const SETTINGS = Symbol('settings');

/** Declares a field of a config class as a setting. The field's initial value is the default. */
export function Setting<T>(options: SettingOptions<T>): PropertyDecorator {
  return (target, property) => {
    const own = settingsOf(target.constructor as ConfigClass);
    Reflect.defineMetadata(
      SETTINGS,
      [...own, { ...options, property: String(property) }],
      target.constructor,
    );
  };
}

export type ConfigClass<T extends object = object> = new () => T;

/** All settings of a config class, in the order in which they are declared. */
export function settingsOf(type: ConfigClass): Setting[] {
  return (Reflect.getMetadata(SETTINGS, type) as Setting[] | undefined) ?? [];
}

export const text: SettingParser<string> = (value) => {
  if (value.trim() === '') throw new Error('a text that is not empty');
  return value;
};

/** A secret that cannot be guessed by trying: not a placeholder, not a word. */
export const longSecret: SettingParser<string> = (value) => {
  if (value.length < MIN_SECRET_LENGTH)
    throw new Error(`a secret of at least ${MIN_SECRET_LENGTH} characters`);
  return value;
};

export const boolean: SettingParser<boolean> = (value) => {
  if (['true', '1', 'yes', 'on'].includes(value.toLowerCase())) return true;
  if (['false', '0', 'no', 'off'].includes(value.toLowerCase())) return false;
  throw new Error('true or false');
};

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): SettingParser<number> {
  return (value) => {
    const number = Number(value);
    if (/^-?\d+$/.test(value.trim()) && number >= min && number <= max) return number;
    throw new Error(
      max === Number.MAX_SAFE_INTEGER
        ? `a whole number, ${min} or more`
        : `a whole number from ${min} to ${max}`,
    );
  };
}

/** A number with or without a point. */
export function decimal(min: number, max: number): SettingParser<number> {
  return (value) => {
    const number = Number(value);
    if (/^-?\d+(\.\d+)?$/.test(value.trim()) && number >= min && number <= max) return number;
    throw new Error(`a number from ${min} to ${max}`);
  };
}

/** What is wrong with the address of an HTTP server; undefined where nothing is. */
export function addressProblem(value: string): string | undefined {
  const url = URL.parse(value);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return 'an address that begins with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'an address without a name and a password';
  if (url.search !== '' || url.hash !== '') return 'an address without ? and #';
  return undefined;
}

/** The address of an HTTP server; credentials have settings of their own, which are not printed. */
export const httpAddress: SettingParser<string> = (value) => {
  const problem = addressProblem(value);
  if (problem === undefined) return value;
  throw new Error(problem);
};

export function oneOf<const T extends string>(...values: T[]): SettingParser<T> {
  const parse = (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new Error(`one of ${values.join(', ')}`);
  };
  return Object.assign(parse, { choices: values });
}

export function list(separator = ','): SettingParser<string[]> {
  const parse = (value: string): string[] =>
    value
      .split(separator)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  return Object.assign(parse, { separator });
}

/** A list of some of these words, at least one. */
export function someOf<const T extends string>(...values: T[]): SettingParser<T[]> {
  const words = list();
  const parse = (value: string): T[] => {
    const found = words(value).map((word) => values.find((candidate) => candidate === word));
    const known = found.filter((word) => word !== undefined);
    if (known.length > 0 && known.length === found.length) return [...new Set(known)];
    throw new Error(`one or more of ${values.join(', ')}, separated by commas`);
  };
  return Object.assign(parse, { separator: words.separator, choices: values });
}

/** A list of IP addresses and ranges of them, such as `10.0.0.0/8`. */
export function addressRanges(): SettingParser<string[]> {
  const entries = list();
  const parse = (value: string): string[] => {
    const ranges = entries(value);
    if (ranges.every((range) => ipaddr.isValid(range) || ipaddr.isValidCIDR(range))) return ranges;
    throw new Error('a list of IP addresses and ranges such as 10.0.0.0/8, separated by commas');
  };
  return Object.assign(parse, { separator: entries.separator });
}

/** A list of origins as browsers write them, such as `https://example.org:8443`. */
export function origins(): SettingParser<string[]> {
  const entries = list();
  const parse = (value: string): string[] => {
    const found = entries(value);
    const isOrigin = (entry: string): boolean =>
      /^https?:/.test(entry) && URL.parse(entry)?.origin === entry;
    if (found.every(isOrigin)) return found;
    throw new Error(
      'a list of origins such as https://example.org, each without a path, separated by commas',
    );
  };
  return Object.assign(parse, { separator: entries.separator });
}

/** A host name, or `.example.org` for every name below it; no scheme, no port. */
const HOST_NAME = /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** A list of host names such as `images.example.org`, in lower case; `.example.org` stands for every name below it. */
export function hostNames(): SettingParser<string[]> {
  const entries = list();
  const parse = (value: string): string[] => {
    const names = entries(value).map((entry) => entry.toLowerCase());
    if (names.every((name) => name.length <= 253 && HOST_NAME.test(name))) return names;
    throw new Error(
      'a list of host names such as images.example.org, each without a scheme and a port, separated by commas',
    );
  };
  return Object.assign(parse, { separator: entries.separator });
}

/** A name that is a single, harmless file name. */
export const fileName: SettingParser<string> = (value) => {
  if (/^[\w-][\w.-]*$/.test(value)) return value;
  throw new Error('a name of letters, digits, dots, dashes and underscores');
};
