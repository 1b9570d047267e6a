import { toErrorData, type EngineErrorData } from '../engine.errors.js';
import { fromErrorData } from '../engine.errors.js';
import type {
  Embeddings,
  LoadedTextModel,
  TextEngineFacts,
  TextEvent,
  TextInput,
  TextModelSpec,
  TextRequest,
} from './text-engine.js';
import { ContextLengthError, TemplateError } from './text-engine.errors.js';

/** What the text engine's process can be asked; name -> arguments and answer. */
export interface TextCalls {
  facts: { args: []; answer: TextEngineFacts };
  load: { args: [TextModelSpec]; answer: LoadedTextModel };
  unload: { args: [string]; answer: undefined };
  loaded: { args: []; answer: LoadedTextModel[] };
  generate: { args: [string, TextRequest]; answer: undefined };
  count: { args: [string, TextInput]; answer: number };
  embed: { args: [string, readonly string[]]; answer: Embeddings };
}

export type TextCallName = keyof TextCalls;

/** One call with its arguments. */
export type TextCall = {
  [Name in TextCallName]: { name: Name; args: TextCalls[Name]['args'] };
}[TextCallName];

/** What a call tells before it ends: the share of a file that is loaded, or a piece of a text. */
export type TextCallEvent =
  | { type: 'loading'; share: number }
  | { type: 'text-event'; event: TextEvent };

/** An error of the text engine as plain data, to cross a process border. */
export type TextErrorData =
  | { kind: 'context'; contextSize: number; promptTokens: number }
  | { kind: 'template'; reason: string }
  | { kind: 'engine'; data: EngineErrorData };

export function toTextErrorData(error: unknown): TextErrorData {
  if (error instanceof ContextLengthError) {
    const { contextSize, promptTokens } = error;
    return { kind: 'context', contextSize, promptTokens };
  }
  if (error instanceof TemplateError) return { kind: 'template', reason: error.reason };
  return { kind: 'engine', data: toErrorData(error) };
}

export function fromTextErrorData(error: TextErrorData): Error {
  switch (error.kind) {
    case 'context':
      return new ContextLengthError(error.contextSize, error.promptTokens);
    case 'template':
      return new TemplateError(error.reason);
    case 'engine':
      return fromErrorData(error.data);
  }
}
