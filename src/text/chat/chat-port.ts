/** A call of a tool, as a language model asks for it. */
export interface ToolCall {
  /** Made up by the endpoint or, where it does not, by us. */
  id: string;
  name: string;
  arguments: Record<string, unknown>;
}

export type ChatMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: readonly ToolCall[] }
  /** What came of a call of a tool. */
  | { role: 'tool'; content: string; callId: string; name: string };

/** A tool that a language model may call; its parameters as JSON Schema. */
export interface ToolOffer {
  name: string;
  description: string;
  parameters: object;
}

export interface ChatRequest {
  model: string;
  messages: readonly ChatMessage[];
  /** Offered only where the model can call tools at all; none otherwise. */
  tools?: readonly ToolOffer[];
  temperature: number;
  maxTokens: number;
}

/** A piece of an answer. */
export type ChatPart =
  | { type: 'content'; text: string }
  | { type: 'thinking'; text: string }
  | { type: 'call'; call: ToolCall };

/** What is known of a language model; empty or 0 where nobody says. */
export interface TextModelFacts {
  model: string;
  /** For example `completion`, `tools`, `vision`, `thinking`. */
  capabilities: string[];
  /** Tokens. */
  contextLength: number;
  family: string;
  /** For example `8.0B`. */
  parameterSize: string;
}

/**
 * The port to language models, wherever they run: behind an HTTP endpoint, or in this server. Aborting the
 * signal ends the work there too.
 */
export interface ChatPort {
  /**
   * Asks a model; its answer comes piece by piece, and is whole when the iteration ends.
   * @throws TextError, toolsRefused where tools were offered to a model that cannot call any; the signal's
   * reason once that is aborted
   */
  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPart>;

  /** Whether tools can be offered to this model, as far as is known by now. */
  takesTools(model: string): boolean;

  /** Names of the models, as they come. @throws TextError */
  models(signal: AbortSignal): Promise<string[]>;

  /** @throws TextError */
  describe(model: string, signal: AbortSignal): Promise<TextModelFacts>;
}
