import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError } from '../engine.errors.js';
import type { EngineHealth } from '../image-engine.js';
import type {
  Embeddings,
  LoadedTextModel,
  TextEngine,
  TextEngineFacts,
  TextEvent,
  TextInput,
  TextModelSpec,
  TextRequest,
} from './text-engine.js';
import { ContextLengthError } from './text-engine.errors.js';
import { TextOutput } from './text-output.js';

/** Tokens of this engine: words with the blanks before them, and blanks at the end. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

function textOf(input: TextInput): string {
  switch (input.kind) {
    case 'prompt':
      return input.prompt;
    case 'tokens':
      return input.tokens.map((token) => ` ${token}`).join('');
    case 'messages':
      return input.messages.map(({ role, content }) => `${role}: ${content}`).join('\n');
  }
}

export interface FakeTextBehaviour {
  /** The whole answer; default: the words of the prompt's last line, backwards. */
  answer?: (request: TextRequest) => string;
  /** Waits before each token; default: a turn of the event loop. */
  beforeToken?: (index: number, request: TextRequest) => Promise<void>;
  /** Fails loading. */
  loadFails?: string;
}

/** A text engine without any model, for tests of what is around one: quick, and the same each time. */
export class FakeTextEngine implements TextEngine {
  /** What was asked for, in order. */
  readonly requests: TextRequest[] = [];
  private readonly models = new Map<string, TextModelSpec>();
  private active = 0;
  private restarts = 0;

  constructor(private readonly behaviour: FakeTextBehaviour = {}) {}

  /** Requests in work right now. */
  get running(): number {
    return this.active;
  }

  /** Ends as a process does that was killed: what runs fails, and nothing is loaded any more. */
  crash(): void {
    this.restarts += 1;
    this.models.clear();
  }

  facts(): Promise<TextEngineFacts> {
    return Promise.resolve({ name: 'fake', version: '1', release: '1', device: 'cpu', threads: 1 });
  }

  load(spec: TextModelSpec): Promise<LoadedTextModel> {
    const { loadFails } = this.behaviour;
    if (loadFails !== undefined)
      return Promise.reject(EngineError.loadFailed(spec.name, loadFails));
    this.models.set(spec.key, spec);
    return Promise.resolve(this.infoOf(spec));
  }

  unload(key: string): Promise<void> {
    this.models.delete(key);
    return Promise.resolve();
  }

  loaded(): Promise<LoadedTextModel[]> {
    return Promise.resolve(Array.from(this.models.values(), (spec) => this.infoOf(spec)));
  }

  async *generate(
    key: string,
    request: TextRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TextEvent, void> {
    const spec = this.specOf(key);
    this.requests.push(request);
    const promptTokens = this.fitting(spec, request.input);
    const generation = this.restarts;
    this.active += 1;
    try {
      yield { type: 'start', promptTokens, cachedTokens: 0, startsThinking: false };
      const output = new TextOutput(request.stop);
      const room = Math.min(request.maxTokens, spec.contextSize - promptTokens);
      const answer = request.prefill + (this.behaviour.answer ?? backwards)(request);
      let completionTokens = 0;
      let stopText: string | null = null;
      for (const token of tokensOf(answer)) {
        if (completionTokens >= room) break;
        await (this.behaviour.beforeToken?.(completionTokens, request) ?? nextTurn());
        if (signal.aborted) throw EngineError.cancelled();
        if (this.restarts !== generation) throw EngineError.crashed('SIGKILL', 'text engine');
        completionTokens += 1;
        const step = output.add(token);
        if (step.text !== '') yield this.textEvent(step.text, request);
        ({ stopText } = step);
        if (stopText !== null) break;
      }
      const rest = stopText === null ? output.end() : '';
      if (rest !== '') yield this.textEvent(rest, request);
      const isWhole = stopText !== null || completionTokens >= tokensOf(answer).length;
      const reason = isWhole ? 'stop' : 'length';
      yield { type: 'end', reason, stopText, completionTokens, promptMs: 1, completionMs: 1 };
    } finally {
      this.active -= 1;
    }
  }

  count(key: string, input: TextInput): Promise<number> {
    try {
      this.specOf(key);
      return Promise.resolve(tokensOf(textOf(input)).length);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  embed(key: string, texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    if (signal.aborted) return Promise.reject(EngineError.cancelled());
    if (!this.models.get(key)?.embedding)
      return Promise.reject(EngineError.textFailed('the model was not loaded for embeddings.'));
    const vectors = texts.map((text) => {
      const sum = Array.from(text).reduce((total, sign) => total + (sign.codePointAt(0) ?? 0), 0);
      return Float32Array.from([Math.cos(sum), Math.sin(sum), 0, 0]);
    });
    return Promise.resolve({ vectors, tokens: texts.flatMap(tokensOf).length });
  }

  health(): EngineHealth {
    return { pid: null, restarts: this.restarts };
  }

  close(): Promise<void> {
    this.models.clear();
    return Promise.resolve();
  }

  private specOf(key: string): TextModelSpec {
    const spec = this.models.get(key);
    if (!spec) throw EngineError.notLoaded(key);
    return spec;
  }

  private fitting({ contextSize }: TextModelSpec, input: TextInput): number {
    const tokens = tokensOf(textOf(input)).length;
    if (tokens === 0) throw EngineError.textFailed('the prompt is empty.');
    if (tokens >= contextSize) throw new ContextLengthError(contextSize, tokens);
    return tokens;
  }

  private textEvent(text: string, { logprobs }: TextRequest): TextEvent {
    if (logprobs === null) return { type: 'text', text };
    const one = { text, bytes: [...Buffer.from(text)], logprob: -0.5 };
    return {
      type: 'text',
      text,
      probabilities: [{ ...one, top: logprobs > 0 ? [one] : [] }],
    };
  }

  private infoOf(spec: TextModelSpec): LoadedTextModel {
    const { key, contextSize, sequences, gpuLayers } = spec;
    return {
      key,
      contextSize,
      sequences,
      gpuLayers,
      trainContextSize: contextSize,
      vocabularySize: 1000,
      parameters: 1_000_000,
      embeddingLength: 4,
      memory: { ram: 1_000_000, device: 0 },
      hasChatTemplate: !spec.embedding,
      toolFormat: 'hermes',
      thinking: { open: '<think>', close: '</think>' },
      active: this.active,
    };
  }
}

function backwards({ input }: TextRequest): string {
  const line = textOf(input).split('\n').at(-1) ?? '';
  return line.split(' ').toReversed().join(' ');
}
