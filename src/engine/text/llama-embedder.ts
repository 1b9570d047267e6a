import { EngineError } from '../engine.errors.js';
import type { NodeLlama } from './load-llama.js';
import type { Embeddings, LoadedTextModel, TextModelSpec } from './text-engine.js';
import { ContextLengthError } from './text-engine.errors.js';

function normalised(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

/** A model in memory that makes vectors of texts, one text after the other. */
export class LlamaEmbedder {
  private active = 0;

  constructor(
    private readonly spec: TextModelSpec,
    private readonly model: NodeLlama.LlamaModel,
    private readonly context: NodeLlama.LlamaEmbeddingContext,
    private readonly contextSize: number,
  ) {}

  info(): LoadedTextModel {
    const { model, spec } = this;
    const { totalParameters } = model.fileInsights as { totalParameters?: number };
    return {
      key: spec.key,
      contextSize: this.contextSize,
      sequences: 1,
      gpuLayers: model.gpuLayers,
      trainContextSize: model.trainContextSize,
      vocabularySize: 0,
      parameters: totalParameters ?? 0,
      embeddingLength: model.embeddingVectorSize,
      memory: { ram: model.memoryUsage.ram, device: model.memoryUsage.vram },
      hasChatTemplate: false,
      toolFormat: 'hermes',
      thinking: null,
      active: this.active,
    };
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    this.active += 1;
    try {
      const vectors: Float32Array[] = [];
      let tokens = 0;
      for (const text of texts) {
        if (signal.aborted) throw EngineError.cancelled();
        const input = this.model.tokenize(text);
        // The library adds the tokens that begin and end a text.
        if (input.length + 2 > this.contextSize)
          throw new ContextLengthError(this.contextSize, input.length);
        tokens += input.length;
        if (input.length === 0)
          throw EngineError.textFailed('a text without any token has no vector.');
        const { vector } = await this.context.getEmbeddingFor(input);
        vectors.push(normalised(vector));
      }
      return { vectors, tokens };
    } finally {
      this.active -= 1;
    }
  }

  async dispose(): Promise<void> {
    await this.context.dispose();
    await this.model.dispose();
  }
}
