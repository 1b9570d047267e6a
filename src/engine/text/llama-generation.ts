import { EngineError } from '../engine.errors.js';
import type { LlamaModelSlots } from './llama-model.js';
import { commonLength } from './llama-model.js';
import type { NodeLlama } from './load-llama.js';
import type { TextEvent, TextRequest, TextSampling } from './text-engine.js';
import { TextOutput } from './text-output.js';
import { TokenProbabilities } from './token-probabilities.js';

type Token = NodeLlama.Token;
type Sequence = NodeLlama.LlamaContextSequence;
type SampleOptions = NodeLlama.SequenceEvaluateOptions;

/** Tokens of a prompt that are read at a time: between slices running answers get their tokens, and a client that left is noticed. */
const SLICE = 64;

/** Tokens of the past that penalties look at. */
const PENALTY_WINDOW = 64;

/** A token that may hold a part of a character only waits for the rest of it; no character has more bytes. */
const LONGEST_CHARACTER = 4;

export interface GenerationParts {
  slots: LlamaModelSlots;
  bias: (entries: TextSampling['bias']) => NodeLlama.TokenBias | undefined;
  grammar: (gbnf: string) => Promise<NodeLlama.LlamaGrammarEvaluationState>;
}

/** One request on a model, from its prompt to its end. */
export class LlamaGeneration {
  private readonly output: TextOutput;
  private readonly answer: Token[] = [];
  private written = '';
  private grammarState: NodeLlama.LlamaGrammarEvaluationState | undefined;

  constructor(
    private readonly parts: GenerationParts,
    private readonly request: TextRequest,
    private readonly signal: AbortSignal,
  ) {
    this.output = new TextOutput(request.stop);
  }

  async *run(): AsyncGenerator<TextEvent, void> {
    const { slots } = this.parts;
    const prompt = slots.tokensOf(this.request.input);
    const prefill = slots.model.tokenize(this.request.prefill, true);
    const tokens = [...prompt, ...prefill];
    const sequence = await slots.acquire(tokens, this.signal);
    try {
      yield* this.write(sequence, tokens, prompt.length);
    } finally {
      slots.release(sequence);
    }
  }

  private async *write(
    sequence: Sequence,
    tokens: Token[],
    promptTokens: number,
  ): AsyncGenerator<TextEvent, void> {
    const began = performance.now();
    // The last token is always read anew: without it there would be nothing to write from.
    const cachedTokens = Math.min(commonLength(sequence.contextTokens, tokens), tokens.length - 1);
    await this.read(sequence, tokens, cachedTokens);
    const startsThinking = this.parts.slots.opensThinking(tokens);
    yield { type: 'start', promptTokens, cachedTokens, startsThinking };
    const wrote = performance.now();
    if (this.request.prefill !== '') {
      this.written = this.request.prefill;
      yield* this.textEvent(this.output.add(this.request.prefill).text);
    }
    const room = sequence.contextSize - tokens.length;
    const limit = Math.min(
      this.request.maxTokens,
      this.parts.slots.contextSize - tokens.length,
      room,
    );
    const end = yield* this.answerTokens(sequence, tokens.at(-1) as Token, limit);
    yield {
      type: 'end',
      ...end,
      completionTokens: this.answer.length,
      promptMs: wrote - began,
      completionMs: performance.now() - wrote,
    };
  }

  /** Reads the prompt but for its last token, slice by slice. */
  private async read(sequence: Sequence, tokens: Token[], cached: number): Promise<void> {
    await sequence.adaptStateToTokens(tokens.slice(0, cached), false);
    for (let from = sequence.nextTokenIndex; from < tokens.length - 1; from += SLICE) {
      if (this.signal.aborted) throw EngineError.cancelled();
      const slice = tokens.slice(from, Math.min(from + SLICE, tokens.length - 1));
      await sequence.evaluateWithoutGeneratingNewTokens(slice);
    }
    if (this.signal.aborted) throw EngineError.cancelled();
  }

  private async *answerTokens(
    sequence: Sequence,
    last: Token,
    limit: number,
  ): AsyncGenerator<TextEvent, { reason: 'stop' | 'length'; stopText: string | null }> {
    const options = await this.sampleOptions();
    const probabilities =
      this.request.logprobs === null
        ? undefined
        : new TokenProbabilities(sequence, options, this.request.logprobs);
    let pending: Token[] = [];
    const steps = probabilities?.steps(last) ?? sequence.evaluate([last], options);
    try {
      for await (const token of steps) {
        if (this.signal.aborted) throw EngineError.cancelled();
        if (this.parts.slots.model.isEogToken(token)) break;
        this.answer.push(token);
        pending.push(token);
        const before = this.answer.slice(-pending.length - 8, -pending.length);
        const text = this.parts.slots.textOf(pending, before);
        if (text !== undefined || pending.length >= LONGEST_CHARACTER) {
          pending = [];
          this.written += text ?? '';
          const step = this.output.add(text ?? '\uFFFD');
          yield* this.textEvent(step.text, probabilities?.take());
          if (step.stopText !== null) return { reason: 'stop', stopText: step.stopText };
        }
        if (this.answer.length >= limit) {
          yield* this.textEvent(this.output.end(), probabilities?.take());
          return { reason: 'length', stopText: null };
        }
      }
    } finally {
      await steps.return();
    }
    yield* this.textEvent(this.output.end(), probabilities?.take());
    return { reason: 'stop', stopText: null };
  }

  private *textEvent(
    text: string,
    probabilities?: Extract<TextEvent, { type: 'text' }>['probabilities'],
  ): Generator<TextEvent, void> {
    if (text === '' && !probabilities?.length) return;
    yield probabilities ? { type: 'text', text, probabilities } : { type: 'text', text };
  }

  private async sampleOptions(): Promise<SampleOptions> {
    const { sampling, grammar } = this.request;
    const {
      temperature,
      topP,
      topK,
      minP,
      seed,
      repeatPenalty,
      frequencyPenalty,
      presencePenalty,
    } = sampling;
    const penalised = repeatPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
    if (grammar) this.grammarState = await this.parts.grammar(grammar.gbnf);
    return {
      temperature,
      topP,
      topK,
      minP,
      seed,
      tokenBias: this.parts.bias(sampling.bias),
      contextShift: undefined,
      ...(penalised
        ? {
            repeatPenalty: {
              punishTokens: () => this.answer.slice(-PENALTY_WINDOW),
              maxPunishTokens: PENALTY_WINDOW,
              penalty: repeatPenalty,
              frequencyPenalty,
              presencePenalty,
            },
          }
        : {}),
      ...(grammar
        ? {
            grammarEvaluationState: () =>
              grammar.after === '' || this.written.includes(grammar.after)
                ? this.grammarState
                : undefined,
          }
        : {}),
    };
  }
}
