import type {
  TextMessage,
  TextSampling,
  TextTool,
  TokenProbability,
  Embeddings,
} from '../../engine/index.js';

/** What the answer must look like. */
export type AnswerFormat =
  | { type: 'text' }
  /** Any JSON object. */
  | { type: 'json_object' }
  /** What this JSON Schema allows; a schema that cannot be enforced is refused. */
  | { type: 'json_schema'; schema: Record<string, unknown> };

export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

export interface ChatInput {
  kind: 'chat';
  /** At least one; in any order of roles, and any number of `system` messages. */
  messages: readonly TextMessage[];
  tools: readonly TextTool[];
  toolChoice: ToolChoice;
  /** Whether one answer may call several tools. */
  parallelToolCalls: boolean;
  format: AnswerFormat;
  /** Whether a model that can think aloud should; undefined: as its template has it. */
  thinking?: boolean;
}

export type CompletionInput =
  | ChatInput
  | { kind: 'prompt'; prompt: string }
  | { kind: 'tokens'; tokens: readonly number[] };

/** A text to write, in the words of the core: every dialect translates into this. */
export interface CompletionRequest {
  /** Name of a text model; empty: the default one. */
  model: string;
  input: CompletionInput;
  /** What is left out has the server's defaults. */
  sampling: Partial<TextSampling>;
  /** Most tokens of the answer; null: as many as the context has room for. */
  maxTokens: number | null;
  /** Texts at which the answer ends. */
  stop: readonly string[];
  /** How the answer begins. */
  prefill: string;
  /** Likely alternatives to tell for each token, 0 to 20; null: no probabilities. */
  logprobs: number | null;
}

export interface CompletionUsage {
  promptTokens: number;
  /** Of these, those that were in memory already. */
  cachedTokens: number;
  completionTokens: number;
  /** Milliseconds until a model was ready, of reading the prompt, and of writing. */
  loadMs: number;
  promptMs: number;
  completionMs: number;
}

/** Why an answer ended. */
export type EndReason = 'stop' | 'length' | 'tool_calls';

export type CompletionEvent =
  /** The prompt was read; `model` is the name of the one that answers. */
  | { type: 'start'; model: string; promptTokens: number; cachedTokens: number }
  | {
      type: 'text';
      text: string;
      probabilities?: ReadonlyArray<TokenProbability & { top: readonly TokenProbability[] }>;
    }
  | { type: 'thinking'; text: string }
  /** A whole call; `index` counts the calls of this answer from 0. */
  | { type: 'call'; index: number; id: string; name: string; arguments: Record<string, unknown> }
  | { type: 'end'; reason: EndReason; stopText: string | null; usage: CompletionUsage };

/** A language model as the API lists it. */
export interface TextModelView {
  name: string;
  /** `chat`: has a chat template; `embedding`: makes vectors; `tools`, `thinking`, `vision` besides. */
  capabilities: string[];
  /** Tokens that it was trained for; 0 where nobody says. */
  contextLength: number;
  parameters: number;
  /** Bytes on disk; 0 for a model of another server. */
  size: number;
  /** For example `llama`. */
  architecture: string;
  /** For example `q4_1`. */
  quantization: string;
  modifiedAt: Date;
  isDefault: boolean;
  /** Where it runs; `here` or the name of an attached server. */
  engine: string;
  loaded: {
    contextSize: number;
    gpuLayers: number;
    memoryBytes: number;
    active: number;
    usedAt: Date;
  } | null;
}

export interface EmbeddingsResult extends Embeddings {
  /** Name of the model that made them. */
  model: string;
}
