import { EngineError } from '../engine.errors.js';
import type { ChatTemplate, RenderedPart } from './chat-template.js';
import type { NodeLlama } from './load-llama.js';
import type { LoadedTextModel, TextInput, TextModelSpec } from './text-engine.js';
import { ContextLengthError } from './text-engine.errors.js';

type Token = NodeLlama.Token;

/** Control tokens that an answer may show, because what they begin has to be told apart. */
const SHOWN_CONTROLS = [
  '[TOOL_CALLS]',
  '<|python_tag|>',
  '<tool_call>',
  '</tool_call>',
  '<think>',
  '</think>',
];

/** Tokens of the end of a prompt in which a template may open thinking. */
const PROMPT_END = 12;

/** A request that waits for a sequence. */
interface Waiting {
  tokens: readonly Token[];
  resolve(sequence: NodeLlama.LlamaContextSequence): void;
}

/** A model in memory with its sequences; each request takes one, and gives it back with what it holds. */
export class LlamaModelSlots {
  private readonly free: NodeLlama.LlamaContextSequence[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly shownControls: ReadonlySet<number>;
  private used = 0;

  constructor(
    readonly spec: TextModelSpec,
    readonly model: NodeLlama.LlamaModel,
    readonly context: NodeLlama.LlamaContext,
    private readonly template: ChatTemplate | null,
  ) {
    for (let index = 0; index < spec.sequences; index += 1) this.free.push(this.newSequence());
    const shown = SHOWN_CONTROLS.map((text) => model.tokenize(text, true));
    this.shownControls = new Set(shown.filter(({ length }) => length === 1).flat());
  }

  /** Tokens that a request may have: llama.cpp rounds up what it was asked for. */
  get contextSize(): number {
    return Math.min(this.context.contextSize, this.spec.contextSize);
  }

  info(): LoadedTextModel {
    const { model, context, spec, template } = this;
    const { totalParameters } = model.fileInsights as { totalParameters?: number };
    return {
      key: spec.key,
      contextSize: this.contextSize,
      sequences: spec.sequences,
      gpuLayers: model.gpuLayers,
      trainContextSize: model.trainContextSize,
      vocabularySize: vocabularySizeOf(model),
      parameters: totalParameters ?? 0,
      embeddingLength: model.embeddingVectorSize,
      memory: {
        ram: model.memoryUsage.ram + context.memoryUsage.ram,
        device: model.memoryUsage.vram + context.memoryUsage.vram,
      },
      hasChatTemplate: template !== null,
      toolFormat: template?.toolFormat ?? 'hermes',
      thinking: template?.thinking ?? null,
      active: this.used,
    };
  }

  /** How many tokens an input has, however many fit. @throws TemplateError, EngineError failed */
  countOf(input: TextInput): number {
    return this.read(input).length;
  }

  /** @throws ContextLengthError, TemplateError, EngineError failed */
  tokensOf(input: TextInput): Token[] {
    const tokens = this.read(input);
    if (tokens.length === 0) throw EngineError.textFailed('the prompt is empty.');
    if (tokens.length >= this.contextSize)
      throw new ContextLengthError(this.contextSize, tokens.length);
    return tokens;
  }

  /** The sequence that has the most of this prompt already, as soon as there is a free one. */
  acquire(tokens: readonly Token[], signal: AbortSignal): Promise<NodeLlama.LlamaContextSequence> {
    signal.throwIfAborted();
    this.used += 1;
    const best = this.takeBest(tokens);
    if (best) return Promise.resolve(best);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { tokens, resolve };
      const leave = (): void => {
        const index = this.waiting.indexOf(waiting);
        if (index < 0) return;
        this.waiting.splice(index, 1);
        this.used -= 1;
        reject(EngineError.cancelled());
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(waiting);
    });
  }

  release(sequence: NodeLlama.LlamaContextSequence): void {
    this.used -= 1;
    this.free.push(sequence);
    const [next] = this.waiting.splice(0, 1);
    if (!next) return;
    const best = this.takeBest(next.tokens);
    if (best) next.resolve(best);
  }

  /** @returns undefined while the tokens end within a character. */
  textOf(tokens: readonly Token[], before: readonly Token[]): string | undefined {
    const hasControl = tokens.some((token) => this.shownControls.has(token));
    const text = this.model.detokenize(tokens, hasControl, before);
    return text.endsWith('\uFFFD') ? undefined : text;
  }

  /** Whether a prompt ends where thinking was just begun. */
  opensThinking(tokens: readonly Token[]): boolean {
    const { thinking } = this.template ?? {};
    if (!thinking) return false;
    const end = this.model.detokenize(tokens.slice(-PROMPT_END), true);
    return end.trimEnd().endsWith(thinking.open);
  }

  async dispose(): Promise<void> {
    await this.context.dispose();
    await this.model.dispose();
  }

  private read(input: TextInput): Token[] {
    switch (input.kind) {
      case 'tokens':
        return [...input.tokens] as Token[];
      case 'prompt':
        return this.withBos(this.model.tokenize(input.prompt, false));
      case 'messages': {
        if (!this.template)
          throw EngineError.textFailed('it has no chat template: only prompts are taken.');
        return this.withBos(this.tokenizeParts(this.template.render(input)));
      }
    }
  }

  private tokenizeParts(parts: readonly RenderedPart[]): Token[] {
    return parts.flatMap(({ text, control }) => this.model.tokenize(text, control));
  }

  private withBos(tokens: Token[]): Token[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (bos === null || !shouldPrependBosToken || tokens[0] === bos) return tokens;
    return [bos, ...tokens];
  }

  private takeBest(tokens: readonly Token[]): NodeLlama.LlamaContextSequence | undefined {
    let best = -1;
    let bestLength = -1;
    for (const [index, sequence] of this.free.entries()) {
      const length = commonLength(sequence.contextTokens, tokens);
      // Of equals the one with less in memory, so that a warm beginning stays for whoever wants it.
      if (length > bestLength) [best, bestLength] = [index, length];
    }
    return best < 0 ? undefined : this.free.splice(best, 1)[0];
  }

  private newSequence(): NodeLlama.LlamaContextSequence {
    // Never cut the beginning of a conversation in silence: what does not fit ends or is refused before.
    const refuse = (): never => {
      throw new Error('the context is full');
    };
    return this.context.getSequence({ contextShift: { strategy: refuse } });
  }
}

/** Tokens that both begin with. */
export function commonLength(one: readonly Token[], other: readonly Token[]): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one[length] === other[length]) length += 1;
  return length;
}

function vocabularySizeOf(model: NodeLlama.LlamaModel): number {
  const { tokenizer } = model.fileInfo.metadata as { tokenizer?: { ggml?: { tokens?: unknown } } };
  const tokens = tokenizer?.ggml?.tokens;
  return Array.isArray(tokens) ? tokens.length : 0;
}
