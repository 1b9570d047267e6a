import type { ToolFormat } from '../../engine/index.js';

/** A call as a model wrote it. */
export interface WrittenCall {
  name: string;
  arguments: Record<string, unknown>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Arguments as an object: some models write them as a text that holds JSON. */
function argumentsOf(value: unknown): Record<string, unknown> | undefined {
  if (isObject(value)) return value;
  const inner = typeof value === 'string' ? parsed(value) : undefined;
  return isObject(inner) ? inner : undefined;
}

function callOf(value: unknown): WrittenCall | undefined {
  if (!isObject(value)) return undefined;
  const named = isObject(value['function']) ? value['function'] : value;
  const given = argumentsOf(named['arguments'] ?? named['parameters'] ?? {});
  const { name } = named;
  return typeof name === 'string' && given ? { name, arguments: given } : undefined;
}

function all(values: readonly unknown[]): WrittenCall[] | undefined {
  const calls = values.map(callOf);
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** `name[ARGS]{…}`, the newer form of Mistral. */
function namedBefore(text: string): WrittenCall[] | undefined {
  const at = text.indexOf('[ARGS]');
  if (at < 0) return undefined;
  return all([{ name: text.slice(0, at).trim(), arguments: parsed(text.slice(at + 6)) }]);
}

/** The calls in what stands between the marks of a call; undefined where it is none. */
export function readCalls(text: string, format: ToolFormat): WrittenCall[] | undefined {
  const trimmed = text.trim();
  const value = parsed(trimmed);
  if (Array.isArray(value)) return all(value as unknown[]);
  if (value !== undefined) return all([value]);
  if (format === 'mistral') return namedBefore(trimmed);
  return format === 'llama3' ? all(trimmed.split(/;\s?(?=\{)/).map(parsed)) : undefined;
}
