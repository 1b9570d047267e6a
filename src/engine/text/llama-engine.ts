import { availableParallelism } from 'node:os';
import { messageOf } from '../../common/index.js';
import { EngineError } from '../engine.errors.js';
import type { EngineHealth } from '../image-engine.js';
import { ChatTemplate } from './chat-template.js';
import { LlamaEmbedder } from './llama-embedder.js';
import { LlamaGeneration, type GenerationParts } from './llama-generation.js';
import { LlamaModelSlots } from './llama-model.js';
import { loadLlama, type LlamaPackages, type NodeLlama } from './load-llama.js';
import type {
  Embeddings,
  LoadedTextModel,
  TextEngine,
  TextEngineFacts,
  TextEvent,
  TextInput,
  TextLoadOptions,
  TextModelSpec,
  TextRequest,
} from './text-engine.js';

export type TextLogHandler = (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;

export interface LlamaEngineOptions {
  /** Threads that compute; 0: one less than the machine has, and one at least. */
  threads: number;
  /** `false`: the processor only. */
  gpu: false | 'cuda' | 'vulkan' | 'metal';
  onLog?: TextLogHandler;
}

/** The last complaints of llama.cpp that a failure is explained with. */
const COMPLAINTS = 3;

type Loaded = LlamaModelSlots | LlamaEmbedder;

/** llama.cpp, by node-llama-cpp, in the process that calls it. */
export class LlamaEngine implements TextEngine {
  private readonly models = new Map<string, Loaded>();
  private readonly loading = new Map<string, Promise<Loaded>>();
  private readonly complaints: string[] = [];

  private constructor(
    private readonly packages: LlamaPackages,
    private readonly llama: NodeLlama.Llama,
    private readonly threads: number,
  ) {}

  /** @throws EngineError unavailable */
  static async open({ threads, gpu, onLog }: LlamaEngineOptions): Promise<LlamaEngine> {
    const packages = await loadLlama();
    const count = threads || Math.max(1, availableParallelism() - 1);
    const complain: { to?: LlamaEngine } = {};
    const llama = await packages.llama
      .getLlama({
        gpu,
        build: 'never',
        skipDownload: true,
        progressLogs: false,
        maxThreads: count,
        logLevel: packages.llama.LlamaLogLevel.warn,
        logger: (level, text) => {
          complain.to?.complained(text);
          onLog?.(level === 'error' || level === 'fatal' ? 'error' : 'warn', text.trimEnd());
        },
      })
      .catch((error: unknown) => {
        throw new EngineError(
          'unavailable',
          `The engine for language models does not start: ${messageOf(error)}`,
          error,
        );
      });
    const engine = new LlamaEngine(packages, llama, count);
    complain.to = engine;
    return engine;
  }

  async facts(): Promise<TextEngineFacts> {
    const { llama } = this;
    const { version } = await this.packages.llama
      .getModuleVersion()
      .then((version) => ({ version }));
    const release = (llama.llamaCppRelease as { release: string }).release;
    return {
      name: 'node-llama-cpp',
      version,
      release,
      device: llama.gpu || 'cpu',
      threads: this.threads,
    };
  }

  async load(
    spec: TextModelSpec,
    { signal, onProgress }: TextLoadOptions = {},
  ): Promise<LoadedTextModel> {
    const known = this.models.get(spec.key);
    if (known) return known.info();
    const begun = this.loading.get(spec.key) ?? this.open(spec, signal, onProgress);
    this.loading.set(spec.key, begun);
    try {
      const model = await begun;
      this.models.set(spec.key, model);
      return model.info();
    } finally {
      this.loading.delete(spec.key);
    }
  }

  async unload(key: string): Promise<void> {
    const model = this.models.get(key);
    this.models.delete(key);
    await model?.dispose();
  }

  loaded(): Promise<LoadedTextModel[]> {
    return Promise.resolve(Array.from(this.models.values(), (model) => model.info()));
  }

  async *generate(
    key: string,
    request: TextRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TextEvent, void> {
    const slots = this.writer(key);
    try {
      yield* new LlamaGeneration(this.partsFor(slots), request, signal).run();
    } catch (error) {
      throw signal.aborted ? EngineError.cancelled() : this.failure(error);
    }
  }

  count(key: string, input: TextInput): Promise<number> {
    try {
      return Promise.resolve(this.writer(key).countOf(input));
    } catch (error) {
      return Promise.reject(this.failure(error));
    }
  }

  async embed(key: string, texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    const model = this.models.get(key);
    if (!model) throw EngineError.notLoaded(key);
    if (!(model instanceof LlamaEmbedder))
      throw EngineError.textFailed('the model was not loaded for embeddings.');
    try {
      return await model.embed(texts, signal);
    } catch (error) {
      throw signal.aborted ? EngineError.cancelled() : this.failure(error);
    }
  }

  health(): EngineHealth {
    return { pid: process.pid, restarts: 0 };
  }

  async close(): Promise<void> {
    for (const key of this.models.keys()) await this.unload(key);
    await this.llama.dispose();
  }

  private writer(key: string): LlamaModelSlots {
    const model = this.models.get(key);
    if (!model) throw EngineError.notLoaded(key);
    if (model instanceof LlamaEmbedder)
      throw EngineError.textFailed('the model was loaded for embeddings only.');
    return model;
  }

  private partsFor(slots: LlamaModelSlots): GenerationParts {
    const { llama } = this;
    const { TokenBias, LlamaGrammarEvaluationState } = this.packages.llama;
    return {
      slots,
      bias: (entries) => {
        if (entries.length === 0) return undefined;
        const bias = new TokenBias(slots.model.tokenizer);
        for (const [token, value] of entries)
          bias.set(token as NodeLlama.Token, value <= -100 ? 'never' : { logit: value });
        return bias;
      },
      grammar: async (gbnf) => {
        const grammar = await llama.createGrammar({ grammar: gbnf });
        return new LlamaGrammarEvaluationState({ model: slots.model, grammar });
      },
    };
  }

  private async open(
    spec: TextModelSpec,
    signal: AbortSignal | undefined,
    onProgress: TextLoadOptions['onProgress'],
  ): Promise<Loaded> {
    this.complaints.length = 0;
    let model: NodeLlama.LlamaModel | undefined;
    try {
      model = await this.llama.loadModel({
        modelPath: spec.path,
        gpuLayers: spec.gpuLayers,
        loadSignal: signal,
        onLoadProgress: onProgress,
      });
      return spec.embedding
        ? await this.openEmbedder(spec, model)
        : await this.openWriter(spec, model);
    } catch (error) {
      await model?.dispose();
      if (signal?.aborted) throw EngineError.cancelled();
      throw EngineError.loadFailed(spec.name, [messageOf(error), ...this.complaints].join(' '));
    }
  }

  private async openWriter(
    spec: TextModelSpec,
    model: NodeLlama.LlamaModel,
  ): Promise<LlamaModelSlots> {
    const context = await model.createContext({
      contextSize: Math.min(spec.contextSize, model.trainContextSize),
      sequences: spec.sequences,
      threads: this.threads,
      failedCreationRemedy: false,
    });
    return new LlamaModelSlots(spec, model, context, this.templateOf(model));
  }

  private async openEmbedder(
    spec: TextModelSpec,
    model: NodeLlama.LlamaModel,
  ): Promise<LlamaEmbedder> {
    const contextSize = Math.min(spec.contextSize, model.trainContextSize);
    const context = await model.createEmbeddingContext({ contextSize, threads: this.threads });
    return new LlamaEmbedder(spec, model, context, contextSize);
  }

  private templateOf(model: NodeLlama.LlamaModel): ChatTemplate | null {
    const { chat_template: source } = model.fileInfo.metadata.tokenizer as {
      chat_template?: unknown;
    };
    if (typeof source !== 'string' || source === '') return null;
    const { bosString, eosString } = model.tokens;
    return new ChatTemplate(source, new this.packages.jinja.Template(source), {
      bos_token: bosString ?? '',
      eos_token: eosString ?? '',
    });
  }

  private complained(text: string): void {
    this.complaints.push(text.trim());
    if (this.complaints.length > COMPLAINTS) this.complaints.shift();
  }

  private failure(error: unknown): unknown {
    // Our own errors say it all; whatever else comes from the library.
    if (error instanceof Error && 'code' in error && 'status' in error) return error;
    return EngineError.textFailed(messageOf(error));
  }
}
