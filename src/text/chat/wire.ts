import { randomUUID } from 'node:crypto';
import { TextError } from '../text.errors.js';
import type { ChatPart, ChatRequest, TextModelFacts, ToolCall, ToolOffer } from './chat-port.js';

/** What some models of an endpoint do not take, learned from its refusals. */
export interface Quirks {
  /** OpenAI's reasoning models call `max_tokens` `max_completion_tokens`. */
  completionTokens?: true;
  /** They also choose their temperature themselves. */
  noTemperature?: true;
}

/** Reads one answer line by line. */
export interface AnswerReader {
  /** What a line says. @throws TextError where it says that the endpoint failed, or nothing that can be understood */
  read(line: string): ChatPart[];
  /** What was left to say. @throws TextError where the answer broke off before its end */
  end(): ChatPart[];
}

/** One of the languages that endpoints speak; pure translation. */
export interface Wire {
  readonly chatUrl: string;
  readonly modelsUrl: string;
  chatBody(request: ChatRequest, quirks: Quirks): object;
  /** @param contentType of the answer: some endpoints do not stream though they are told to */
  reader(contentType: string): AnswerReader;
  /** What can be learned from a refusal, so that the same is to be asked once more; undefined where nothing can. */
  learn(reason: string, quirks: Quirks): Quirks | undefined;
  modelNames(answer: unknown): string[];
  /** Where and how to ask about one model. */
  describeCall(model: string): { url: string; body?: object };
  facts(model: string, answer: unknown): TextModelFacts;
}

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function listIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** @throws TextError */
export function jsonOf(line: string): Json {
  try {
    const value: unknown = JSON.parse(line);
    if (isJson(value)) return value;
  } catch (error) {
    throw TextError.badAnswer('is no JSON', error);
  }
  throw TextError.badAnswer('is no JSON object');
}

export function piece(type: 'content' | 'thinking', text: unknown): ChatPart[] {
  return typeof text === 'string' && text !== '' ? [{ type, text }] : [];
}

/** Arguments as an object, as text, or as what a small model takes for JSON: then none. */
export function argumentsOf(value: unknown): Json {
  if (isJson(value)) return value;
  try {
    const read: unknown = JSON.parse(textIn(value));
    return isJson(read) ? read : {};
  } catch {
    return {};
  }
}

export function callOf(id: unknown, name: unknown, given: unknown): ToolCall {
  return { id: textIn(id) || randomUUID(), name: textIn(name), arguments: argumentsOf(given) };
}

export function toolsOf(tools: readonly ToolOffer[] | undefined): object {
  if (!tools || tools.length === 0) return {};
  return { tools: tools.map((tool) => ({ type: 'function', function: tool })) };
}
