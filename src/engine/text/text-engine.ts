import type { EngineHealth } from '../image-engine.js';

/**
 * The port to an engine for language models. It knows nothing of users, dialects or queues: it loads files,
 * writes text token by token, counts, and embeds. Several requests share a loaded model, each in a sequence of
 * its own; the engine steps them in turns, long prompts in slices.
 */
export interface TextEngine {
  /** What the engine is; starts it if need be. @throws EngineError unavailable */
  facts(): Promise<TextEngineFacts>;

  /**
   * Makes a model ready; returns at once when it is.
   * @throws EngineError load_failed, crashed, stalled, cancelled
   */
  load(model: TextModelSpec, options?: TextLoadOptions): Promise<LoadedTextModel>;

  /** Gives the model's memory back; requests that run on it end with `cancelled`. Does nothing when it is not loaded. */
  unload(key: string): Promise<void>;

  /** The models that are ready. */
  loaded(): Promise<LoadedTextModel[]>;

  /**
   * Writes a text. The iteration begins with one `start`, then any number of `text`, and ends after one `end`.
   * Aborting the signal stops the work at the next slice of the prompt or the next token.
   * @throws EngineError not_loaded, failed, crashed, stalled, cancelled; ContextLengthError; TemplateError
   */
  generate(key: string, request: TextRequest, signal: AbortSignal): AsyncIterable<TextEvent>;

  /** Tokens of an input, as {@link generate} would read it. @throws as {@link generate} does */
  count(key: string, input: TextInput): Promise<number>;

  /**
   * Vectors of length 1, in the order of the texts.
   * @throws EngineError as {@link generate}; `failed` for a model that cannot; ContextLengthError
   */
  embed(key: string, texts: readonly string[], signal: AbortSignal): Promise<Embeddings>;

  /** How the engine is right now; starts nothing. */
  health(): EngineHealth;

  /** Ends the engine; what runs in it is cancelled. */
  close(): Promise<void>;
}

/** Injection token of the {@link TextEngine}. */
export const TEXT_ENGINE = Symbol('text engine');

export interface TextEngineFacts {
  /** For example `node-llama-cpp`. */
  name: string;
  version: string;
  /** Release of llama.cpp. */
  release: string;
  /** `cpu`, `cuda`, `vulkan` or `metal`. */
  device: string;
  /** Threads that compute. */
  threads: number;
}

export interface TextModelSpec {
  /** The same file with the same options has the same key, and nothing else has it. */
  key: string;
  /** For messages. */
  name: string;
  /** Absolute path of the GGUF file; of a split model its first part. */
  path: string;
  /** Tokens that each request may have, prompt and answer together: 256 to what the model was trained for. */
  contextSize: number;
  /** Requests that are worked on at the same time, 1 to 64. Memory grows with contextSize times this. */
  sequences: number;
  /** Layers on the graphics card; 0 where there is none. */
  gpuLayers: number;
  /** Only for vectors: no text can be written with it. */
  embedding: boolean;
}

export interface TextLoadOptions {
  signal?: AbortSignal;
  /** Share of the file that was read, 0 to 1. */
  onProgress?: (share: number) => void;
}

/** How a family of models writes the calls of tools; the parser is chosen by it. */
export type ToolFormat = 'hermes' | 'llama3' | 'mistral';

export interface LoadedTextModel {
  key: string;
  /** As asked for, or less where the model was trained for less. */
  contextSize: number;
  sequences: number;
  gpuLayers: number;
  trainContextSize: number;
  vocabularySize: number;
  parameters: number;
  embeddingLength: number;
  /** Bytes that it takes: weights and context. */
  memory: { ram: number; device: number };
  /** Whether it has a template for conversations; without one only prompts are taken. */
  hasChatTemplate: boolean;
  /** How it writes calls of tools: its template's own way, or the one that is explained to it. */
  toolFormat: ToolFormat;
  /** Between what its thinking stands, for example `<think>` and `</think>`; null where it does not think aloud. */
  thinking: { open: string; close: string } | null;
  /** Requests in work right now. */
  active: number;
}

export interface TextToolCall {
  id: string;
  name: string;
  /** A JSON object. */
  arguments: Record<string, unknown>;
}

export type TextMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; thinking?: string; toolCalls?: readonly TextToolCall[] }
  | { role: 'tool'; content: string; toolCallId: string; name: string };

export interface TextTool {
  name: string;
  description: string;
  /** JSON Schema of an object. */
  parameters: Record<string, unknown>;
}

/** What is read before the answer. */
export type TextInput =
  | {
      kind: 'messages';
      /** One `system` at most, first; then as they were. */
      messages: readonly TextMessage[];
      tools: readonly TextTool[];
      /** Whether a model that can think aloud should; undefined: as its template has it. */
      thinking?: boolean;
    }
  /** A text as it is; nothing in it counts as a control token. */
  | { kind: 'prompt'; prompt: string }
  /** Each from 0 to the size of the vocabulary. */
  | { kind: 'tokens'; tokens: readonly number[] };

/** All finite; the bounds are those of {@link TEXT_REQUEST_BOUNDS}. */
export interface TextSampling {
  /** 0: always the likeliest token. */
  temperature: number;
  topP: number;
  /** 0: all. */
  topK: number;
  minP: number;
  /** 0 to 2^32 - 1. */
  seed: number;
  frequencyPenalty: number;
  presencePenalty: number;
  /** 1: none. */
  repeatPenalty: number;
  /** By token, -100 to 100. */
  bias: ReadonlyArray<readonly [token: number, bias: number]>;
}

export interface TextRequest {
  input: TextInput;
  sampling: TextSampling;
  /** Most tokens of the answer, 1 or more. */
  maxTokens: number;
  /** Texts at which the answer ends; none of them is part of it. 16 at most, none empty. */
  stop: readonly string[];
  /** The answer begins with this; it is sent as part of it. */
  prefill: string;
  /** What the answer must look like, as GBNF; from the first occurrence of `after` on, where that is not empty. */
  grammar: { gbnf: string; after: string } | null;
  /** How many likely alternatives to tell for each token, 0 to 20; null: no probabilities at all. */
  logprobs: number | null;
}

/** A token and how likely it was, as the natural logarithm of its probability before sampling. */
export interface TokenProbability {
  text: string;
  /** The bytes of `text` in UTF-8: a token may hold a part of a character only. */
  bytes: readonly number[];
  logprob: number;
}

export type TextEvent =
  /** The prompt was read. */
  | {
      type: 'start';
      promptTokens: number;
      /** Of these, those that were in memory already. */
      cachedTokens: number;
      /** Whether the answer begins in the middle of thinking, because the template opened it. */
      startsThinking: boolean;
    }
  /** Whole characters only. */
  | {
      type: 'text';
      text: string;
      probabilities?: ReadonlyArray<TokenProbability & { top: readonly TokenProbability[] }>;
    }
  | {
      type: 'end';
      /** `stop`: the model ended, or a stop text came; `length`: maxTokens, or the context is full. */
      reason: 'stop' | 'length';
      /** The stop text that came. */
      stopText: string | null;
      completionTokens: number;
      /** Milliseconds of reading and of writing. */
      promptMs: number;
      completionMs: number;
    };

export interface Embeddings {
  vectors: Float32Array[];
  /** Of all texts together. */
  tokens: number;
}
