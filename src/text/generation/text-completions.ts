import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import {
  EngineError,
  TEXT_ENGINE,
  type LoadedTextModel,
  type TextEngine,
  type TextEvent,
  type TextRequest,
} from '../../engine/index.js';
import type { Model } from '../../models/index.js';
import { constraintFor } from '../answers/answer-constraint.js';
import { AnswerParser, type AnswerPart } from '../answers/answer-parser.js';
import { Turnstile } from '../turnstile.js';
import { orderedMessages } from './chat-messages.js';
import { checkCompletion, type CheckedCompletion } from './completion-check.js';
import type {
  CompletionEvent,
  CompletionInput,
  CompletionRequest,
  EmbeddingsResult,
  EndReason,
} from './completion.js';
import { FairTurns } from './fair-turns.js';
import { TextQueueFullError } from './generation.errors.js';
import { LocalTextModels } from './local-models.js';
import { TextResidency, type TextResident } from './text-residency.js';

/** Characters of a text for each token, as far as a guess before counting is concerned. */
const CHARACTERS_OF_TOKEN = 4;

/** Writes texts with the language models of this server, for every dialect. */
@Injectable()
export class TextCompletions {
  private readonly turns: FairTurns;

  constructor(
    private readonly models: LocalTextModels,
    private readonly residency: TextResidency,
    private readonly limits: Turnstile,
    @Inject(TEXT_ENGINE) private readonly engine: TextEngine,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.turns = new FairTurns(config.text.sequences);
  }

  /** Requests in work and waiting, for who looks at the server. */
  get load(): { active: number; waiting: number } {
    return { active: this.turns.active, waiting: this.turns.size };
  }

  /**
   * Writes a text: one `start`, then text, thinking and calls, and one `end`. What is wrong with the request is
   * thrown before the first event, so that a dialect can still answer with a status.
   * @throws ValidationError, SchemaUnsupportedError, NoTextModelError, TextModelNotFoundError, TextQueueFullError,
   * TooManyTextRequestsError, ContextLengthError, TemplateError, EngineError, ClientGoneError
   */
  async *complete(
    caller: Principal,
    request: CompletionRequest,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void> {
    const checked = checkCompletion(request);
    const model = await this.models.find(checked.model);
    const leave = this.limits.enter(caller.userId);
    let cost = guess(checked.input);
    try {
      const turn = await this.turn(caller, cost + (checked.maxTokens ?? 0), signal);
      try {
        for await (const event of this.write(model, checked, signal)) {
          if (event.type === 'end')
            cost =
              event.usage.promptTokens - event.usage.cachedTokens + event.usage.completionTokens;
          yield event;
        }
      } finally {
        turn.end(cost);
      }
    } finally {
      leave();
    }
  }

  /** Tokens of an input, as {@link complete} would read it. @throws as it does */
  async count(model: string, input: CompletionInput, signal: AbortSignal): Promise<number> {
    const found = await this.models.find(model);
    const counted = this.residency.use(found, false, signal, (resident) =>
      this.countOn(resident, input),
    );
    for await (const tokens of counted) return tokens;
    throw new Error('Nothing was counted.');
  }

  /** Vectors of texts. @throws as {@link complete} does */
  async embed(
    caller: Principal,
    model: string,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<EmbeddingsResult> {
    const found = await this.models.find(model);
    const leave = this.limits.enter(caller.userId);
    try {
      const estimate = texts.reduce((sum, { length }) => sum + length, 0) / CHARACTERS_OF_TOKEN;
      const turn = await this.turn(caller, estimate, signal);
      try {
        const made = this.residency.use(found, true, signal, (resident) =>
          this.embedOn(resident, texts, signal),
        );
        for await (const result of made) return { ...result, model: found.name };
        throw new Error('No vectors were made.');
      } finally {
        turn.end(estimate);
      }
    } finally {
      leave();
    }
  }

  private async turn(
    caller: Principal,
    estimate: number,
    signal: AbortSignal,
  ): ReturnType<FairTurns['take']> {
    const { waiting } = this.config.text;
    if (this.turns.size >= waiting && this.turns.active >= this.config.text.sequences)
      throw new TextQueueFullError(waiting);
    return this.turns.take(caller.userId, estimate, signal);
  }

  private async *countOn(
    resident: TextResident,
    input: CompletionInput,
  ): AsyncGenerator<number, void> {
    yield await this.engine.count(resident.spec.key, engineInput(input));
  }

  private async *embedOn(resident: TextResident, texts: readonly string[], signal: AbortSignal) {
    yield await this.engine.embed(resident.spec.key, texts, signal);
  }

  /** A crash before the first token costs one more try; after it the client has a part, which cannot be taken back. */
  private async *write(
    model: Model,
    request: CheckedCompletion,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void> {
    for (let attempt = 1; ; attempt += 1) {
      let hasBegun = false;
      try {
        for await (const event of this.writeOnce(model, request, signal)) {
          hasBegun ||= event.type !== 'start';
          if (event.type === 'start' && attempt > 1) continue;
          yield event;
        }
        return;
      } catch (error) {
        const isLost =
          error instanceof EngineError && ['crashed', 'not_loaded'].includes(error.reason);
        if (!isLost || hasBegun || attempt > 1 || signal.aborted) throw error;
      }
    }
  }

  private async *writeOnce(
    model: Model,
    request: CheckedCompletion,
    signal: AbortSignal,
  ): AsyncGenerator<CompletionEvent, void> {
    const asked = performance.now();
    yield* this.residency.use(model, false, signal, (resident) => {
      const loadMs = performance.now() - asked;
      const events = this.engine.generate(
        resident.spec.key,
        engineRequest(request, resident.info),
        signal,
      );
      return translated(events, request, resident, loadMs);
    });
  }
}

function guess(input: CompletionInput): number {
  if (input.kind === 'tokens') return input.tokens.length;
  const characters =
    input.kind === 'prompt'
      ? input.prompt.length
      : input.messages.reduce((sum, { content }) => sum + content.length, 0);
  return characters / CHARACTERS_OF_TOKEN;
}

function engineInput(input: CompletionInput): TextRequest['input'] {
  if (input.kind !== 'chat') return input;
  const { messages, tools, toolChoice, thinking } = input;
  return {
    kind: 'messages',
    messages: orderedMessages(messages),
    tools: toolChoice === 'none' ? [] : tools,
    ...(thinking === undefined ? {} : { thinking }),
  };
}

function engineRequest(request: CheckedCompletion, info: LoadedTextModel): TextRequest {
  const { input, sampling, maxTokens, stop, prefill, logprobs } = request;
  const constraint =
    input.kind === 'chat' ? constraintFor(input, info.toolFormat) : { prefill: '', grammar: null };
  return {
    input: engineInput(input),
    sampling,
    maxTokens: maxTokens ?? info.contextSize,
    stop,
    prefill: prefill || constraint.prefill,
    grammar: constraint.grammar,
    logprobs,
  };
}

/** What the engine writes, told apart into text, thinking and calls. */
async function* translated(
  events: AsyncIterable<TextEvent>,
  { input }: CheckedCompletion,
  { model, info }: TextResident,
  loadMs: number,
): AsyncGenerator<CompletionEvent, void> {
  const isChat = input.kind === 'chat';
  const tools = isChat && input.toolChoice !== 'none' ? input.tools.map(({ name }) => name) : [];
  const parserFor = (startsThinking: boolean): AnswerParser =>
    new AnswerParser({
      toolFormat: info.toolFormat,
      tools: new Set(tools),
      thinking: isChat ? info.thinking : null,
      startsThinking,
    });
  let parser = parserFor(false);
  let promptTokens = 0;
  let cachedTokens = 0;
  let calls = 0;
  const told = (part: AnswerPart): CompletionEvent =>
    part.type === 'call' ? { ...part, index: calls++ } : part;
  for await (const event of events) {
    switch (event.type) {
      case 'start':
        ({ promptTokens, cachedTokens } = event);
        parser = parserFor(event.startsThinking);
        yield { type: 'start', model: model.name, promptTokens, cachedTokens };
        break;
      case 'text': {
        const parts = parser.add(event.text).map(told);
        const { probabilities } = event;
        if (probabilities) yield { type: 'text', text: '', probabilities };
        yield* parts;
        break;
      }
      case 'end': {
        yield* parser.end().map(told);
        const { stopText, completionTokens, promptMs, completionMs } = event;
        const reason: EndReason = calls > 0 ? 'tool_calls' : event.reason;
        const usage = {
          promptTokens,
          cachedTokens,
          completionTokens,
          loadMs,
          promptMs,
          completionMs,
        };
        yield { type: 'end', reason, stopText, usage };
      }
    }
  }
}
