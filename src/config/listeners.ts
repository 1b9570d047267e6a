import { withoutTrailing } from '../common/index.js';
import type { SettingParser } from './setting.js';

/** A folder of files beside the API of a listener. */
export interface StaticFiles {
  /** Where they are, such as `/ui`. */
  path: string;
  /** The folder on disk. */
  dir: string;
  /** The file to send for an address that is none, such as `index.html`. */
  fallback?: string;
}

/** A port of its own for one dialect, which is at the root there. */
export interface ListenerPlan {
  dialect: string;
  /** TCP port; 0 takes a free one. */
  port: number;
  /** Address; as the server's own where it is left out. */
  host?: string;
  static: StaticFiles[];
}

const FAULT =
  'a list such as "mold:7680,sdcpp:8081", or of mappings with dialect, port, host and static';

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function only(value: Record<string, unknown>, what: string, ...fields: string[]): void {
  const unknown = Object.keys(value).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw new Error(`${FAULT}; "${unknown}" is nothing that ${what} has`);
}

function textIn(value: Record<string, unknown>, field: string): string {
  const text = value[field];
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw new Error(`${FAULT}; ${field} must be a text`);
}

function staticFiles(value: unknown): StaticFiles {
  if (!isMapping(value)) throw new Error(FAULT);
  only(value, 'a folder of static files', 'path', 'dir', 'fallback');
  const path = withoutTrailing(textIn(value, 'path'), '/');
  if (!path.startsWith('/') || path.includes('..'))
    throw new Error(`${FAULT}; the path of static files begins with / and is not / itself`);
  const dir = textIn(value, 'dir');
  return value['fallback'] === undefined
    ? { path, dir }
    : { path, dir, fallback: textIn(value, 'fallback') };
}

function listener(value: unknown): ListenerPlan {
  if (!isMapping(value)) throw new Error(FAULT);
  only(value, 'a listener', 'dialect', 'port', 'host', 'static');
  const dialect = textIn(value, 'dialect');
  const port = value['port'];
  if (!Number.isInteger(port) || Number(port) < 0 || Number(port) > 65_535)
    throw new Error(`${FAULT}; port must be a whole number from 0 to 65535`);
  const files = value['static'] ?? [];
  if (!Array.isArray(files)) throw new Error(`${FAULT}; static must be a list`);
  const plan = { dialect, port: Number(port), static: files.map(staticFiles) };
  return value['host'] === undefined ? plan : { ...plan, host: textIn(value, 'host') };
}

function short(text: string): ListenerPlan {
  const [, dialect, port] = /^([a-z0-9]+):(\d{1,5})$/.exec(text.trim()) ?? [];
  if (dialect === undefined) throw new Error(FAULT);
  return listener({ dialect, port: Number(port) });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(FAULT);
  }
}

/** Listeners, short (`mold:7680,sdcpp:8081`) or whole, as JSON or as a list in the file. */
export function listeners(): SettingParser<ListenerPlan[]> {
  const parse = (text: string): ListenerPlan[] => {
    if (!text.trim().startsWith('[')) return text.split(',').map(short);
    const entries = json(text);
    if (!Array.isArray(entries)) throw new Error(FAULT);
    return entries.map(listener);
  };
  return Object.assign(parse, { structured: true });
}
