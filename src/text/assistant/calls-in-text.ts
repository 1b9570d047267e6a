import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../chat/chat-port.js';

/** Calls in one answer; a model that writes more runs wild. */
const CALLS = 32;

type Given = Record<string, unknown>;

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstObject(...values: unknown[]): Given {
  return values.find(isObject) ?? {};
}

/** Models were taught many spellings of the same. */
function callOf(value: unknown, isKnown: (name: string) => boolean): ToolCall | undefined {
  if (!isObject(value)) return undefined;
  const inner = isObject(value['function']) ? value['function'] : value;
  const name = [inner['type'], inner['name'], inner['action'], inner['tool']].find(
    (one): one is string => typeof one === 'string' && isKnown(one),
  );
  if (name === undefined) return undefined;
  const { parameters, arguments: given, args, params } = inner;
  return { id: randomUUID(), name, arguments: firstObject(parameters, given, args, params) };
}

/**
 * The calls of tools that a model without support for them writes into its answer as JSON: an object with
 * `actions`, a list, or a single call. Undefined where the text is no JSON, or speaks of anything else.
 */
export function callsIn(text: string, isKnown: (name: string) => boolean): ToolCall[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const listed = isObject(value) ? (value['actions'] ?? value['tool_calls'] ?? value) : value;
  const entries = [listed].flat();
  const calls = entries.map((entry) => callOf(entry, isKnown)).filter((call) => call !== undefined);
  return calls.length > 0 && calls.length === entries.length ? calls.slice(0, CALLS) : undefined;
}
