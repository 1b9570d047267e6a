import type { NodeLlama } from './load-llama.js';
import type { TextEvent, TokenProbability } from './text-engine.js';

type Token = NodeLlama.Token;
type Probabilities = NonNullable<Extract<TextEvent, { type: 'text' }>['probabilities']>;

/** Seeds of one answer lie far apart, so that two answers with neighbouring seeds share none. */
const SEED_STEP = 0x9e37_79b1;

/**
 * Writes token by token as the model would, and tells how likely each was before sampling: from the logits of
 * the whole vocabulary, not from what sampling left of it.
 */
export class TokenProbabilities {
  private collected: Probabilities[number][] = [];

  constructor(
    private readonly sequence: NodeLlama.LlamaContextSequence,
    private readonly options: NodeLlama.SequenceEvaluateOptions,
    private readonly top: number,
  ) {}

  async *steps(last: Token): AsyncGenerator<Token, void> {
    let token = last;
    for (let index = 0; ; index += 1) {
      const next = await this.step(token, index);
      if (next === undefined) return;
      yield next;
      token = next;
    }
  }

  /** What was told of the tokens since the last call. */
  take(): Probabilities {
    const taken = this.collected;
    this.collected = [];
    return taken;
  }

  private async step(token: Token, index: number): Promise<Token | undefined> {
    const { seed = 0, ...options } = this.options;
    const includeTop = Math.max(this.top, 1);
    const neutral = { temperature: 0 };
    const [raw] = await this.sequence.controlledEvaluate([
      [
        token,
        {
          generateNext: {
            token: true,
            logits: { filter: { tokens: [], includeTop, includeSelected: true, includeMax: true } },
            totalLogitWeight: true,
            options: { ...neutral, ...options, seed: (seed + index * SEED_STEP) >>> 0 },
          },
        },
      ],
    ]);
    const next = raw?.next;
    if (next?.token == null) return undefined;
    const { model } = this.sequence;
    if (next.logits && next.totalLogitWeight !== undefined && !model.isEogToken(next.token)) {
      const largest = Math.max(...next.logits.values());
      const total = Math.log(next.totalLogitWeight);
      const told = (one: Token, logit: number): TokenProbability => {
        const text = model.detokenize([one], true);
        return { text, bytes: [...Buffer.from(text)], logprob: logit - largest - total };
      };
      const ranked = [...next.logits].toSorted(([, a], [, b]) => b - a);
      const own = next.logits.get(next.token) ?? -Infinity;
      this.collected.push({
        ...told(next.token, own),
        top: ranked.slice(0, this.top).map(([one, logit]) => told(one, logit)),
      });
    }
    return next.token;
  }
}
