import { Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { ClientGoneError, InternalError, toAppError, ValidationError } from '../../common/index.js';
import type { ToolCall } from '../chat/chat-port.js';
import { TextError, type TextTrouble } from '../text.errors.js';
import { TextModels, type ChosenModel } from '../text-models.js';
import { Turnstile } from '../turnstile.js';
import type { AssistantEvent, AssistantReply } from './assistant-events.js';
import { AssistantHistory, type AssistantRecord } from './assistant-history.js';
import { Conversation } from './conversation.js';
import { SpeechFilter } from './speech-filter.js';
import { Toolbox } from './toolbox.js';
import type { GivenArguments } from './tool-arguments.js';

/** Characters of a question. */
export const MESSAGE_LENGTH = 32_000;

/** Times that the model is asked for one question: it may look things up in between. */
const ROUNDS = 6;

/** Calls of tools for one question. */
const CALLS = 24;

/** Messages that are read of the history to remind the model. */
const REMINDED = 24;

export interface AssistantOptions {
  /** What the user interface tells of itself: what it shows, what its form is filled with. */
  context?: unknown;
  /** Aborted when nobody waits any more. */
  signal?: AbortSignal;
}

/** One question on its way. */
interface Turn {
  caller: Principal;
  chosen: ChosenModel;
  conversation: Conversation;
  situation: GivenArguments;
  signal: AbortSignal;
  reply: AssistantReply;
}

/** What the model said in one round. */
interface Round {
  content: string;
  calls: ToolCall[];
}

/** Answers questions, looks up what it needs with the caller's permissions, and proposes what to do. */
@Injectable()
export class AssistantService {
  private readonly logger = new Logger(AssistantService.name);

  constructor(
    private readonly models: TextModels,
    private readonly toolbox: Toolbox,
    private readonly messages: AssistantHistory,
    private readonly turnstile: Turnstile,
  ) {}

  /** @throws ValidationError, TextError, TooManyTextRequestsError, ClientGoneError */
  async chat(
    caller: Principal,
    message: string,
    options: AssistantOptions = {},
  ): Promise<AssistantReply> {
    for await (const event of this.run(caller, message, options))
      if (event.type === 'done') return event.reply;
    throw new InternalError(new Error('a turn without an end'));
  }

  /** The same, as it comes; throws nothing: the last event is `done` or `error`. */
  async *stream(
    caller: Principal,
    message: string,
    options: AssistantOptions = {},
  ): AsyncGenerator<AssistantEvent, void> {
    try {
      yield* this.run(caller, message, options);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.logLevel === 'error') this.logger.error('The assistant failed', error.cause);
      yield { type: 'error', error, category: categoryOf(error) };
    }
  }

  /** All that is kept of the caller's conversation, the oldest first. */
  async history(caller: Principal): Promise<AssistantRecord[]> {
    return this.messages.newest(caller, Number.MAX_SAFE_INTEGER);
  }

  count(caller: Principal): Promise<number> {
    return this.messages.count(caller);
  }

  /** @returns how many messages there were */
  clear(caller: Principal): Promise<number> {
    return this.messages.clear(caller);
  }

  private async *run(
    caller: Principal,
    message: string,
    { context, signal = new AbortController().signal }: AssistantOptions,
  ): AsyncGenerator<AssistantEvent, void> {
    assertMessage(message);
    const leave = this.turnstile.enter(caller.userId);
    try {
      const turn = await this.begin(caller, message, situationOf(context), signal);
      yield* this.answer(turn);
      const { reply, chosen } = turn;
      if (signal.aborted) throw new ClientGoneError();
      await this.messages.add(caller, message, reply, chosen.settings.maxHistory);
      yield { type: 'done', reply };
    } finally {
      leave();
    }
  }

  private async begin(
    caller: Principal,
    message: string,
    situation: GivenArguments,
    signal: AbortSignal,
  ): Promise<Turn> {
    const chosen = await this.models.choose('assistant', signal);
    const { systemPrompt } = chosen.settings;
    const history = await this.messages.newest(caller, REMINDED);
    const tools = this.toolbox.offers(caller);
    const conversation = new Conversation(
      { systemPrompt, history, message, situation, tools },
      chosen.port.takesTools(chosen.model),
    );
    const reply: AssistantReply = { message: '', thinking: '', actions: [], toolCalls: [] };
    return { caller, chosen, conversation, situation, signal, reply };
  }

  private async *answer(turn: Turn): AsyncGenerator<AssistantEvent, void> {
    const { reply } = turn;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { content, calls } = yield* this.ask(turn);
      const looksUp = yield* this.handle(turn, content, calls);
      // Proposals alone end the answer, unless the model has not said yet what it proposes.
      if (calls.length === 0 || (!looksUp && reply.message !== '')) break;
      if (reply.toolCalls.length + reply.actions.length >= CALLS) break;
    }
    reply.message = reply.message.trim();
    const isEmpty = reply.message === '' && reply.actions.length === 0;
    if (isEmpty && reply.toolCalls.length === 0) throw TextError.badAnswer('is empty');
  }

  private async *ask(turn: Turn): AsyncGenerator<AssistantEvent, Round> {
    try {
      return yield* this.listen(turn);
    } catch (error) {
      if (!(error instanceof TextError) || error.code !== 'TEXT_TOOLS_REFUSED') throw error;
      turn.conversation.withoutTools();
      return yield* this.listen(turn);
    }
  }

  private async *listen(turn: Turn): AsyncGenerator<AssistantEvent, Round> {
    const { chosen, conversation, signal, reply } = turn;
    const filter = new SpeechFilter((name) => this.toolbox.knows(name));
    const calls: ToolCall[] = [];
    let content = '';
    const say = function* (text: string): Generator<AssistantEvent, void> {
      if (text === '') return;
      // What is said after something was looked up is a paragraph of its own.
      const gap = content === '' && reply.message !== '' ? '\n\n' : '';
      content += text;
      reply.message += gap + text;
      yield { type: 'content', content: gap + text };
    };
    const { messages, tools } = conversation;
    for await (const part of this.models.ask(chosen, { messages, tools }, signal)) {
      if (part.type === 'call') calls.push(part.call);
      else if (part.type === 'content') yield* say(filter.pass(part.text));
      else {
        reply.thinking += part.text;
        yield { type: 'thinking', content: part.text };
      }
    }
    yield* say(filter.end());
    return { content, calls: [...calls, ...filter.calls] };
  }

  /** @returns whether something was looked up, so that the model has something to go on with */
  private async *handle(
    turn: Turn,
    content: string,
    calls: ToolCall[],
  ): AsyncGenerator<AssistantEvent, boolean> {
    const { caller, situation, reply, conversation } = turn;
    const answered: { call: ToolCall; result: unknown }[] = [];
    let looksUp = false;
    for (const call of calls.slice(0, CALLS - reply.toolCalls.length - reply.actions.length)) {
      if (turn.signal.aborted) throw new ClientGoneError();
      const outcome = await this.toolbox.handle(caller, call, situation);
      if (outcome.kind === 'proposed') {
        reply.actions.push(outcome.action);
        answered.push({ call, result: { proposed: true } });
        continue;
      }
      looksUp = true;
      reply.toolCalls.push(outcome.record);
      answered.push({ call, result: outcome.record.result });
      yield { type: 'tool_call', call: outcome.record };
    }
    if (answered.length > 0) conversation.add(content, answered);
    return looksUp;
  }
}

function assertMessage(message: string): void {
  if (message.trim() !== '' && message.length <= MESSAGE_LENGTH) return;
  const problem = `message must be a text of 1 to ${MESSAGE_LENGTH} characters.`;
  throw new ValidationError([{ field: 'message', message: problem }]);
}

function situationOf(context: unknown): GivenArguments {
  const isObject = typeof context === 'object' && context !== null && !Array.isArray(context);
  return isObject ? (context as GivenArguments) : {};
}

function categoryOf(error: unknown): TextTrouble {
  if (error instanceof TextError) return error.trouble;
  const { status } = toAppError(error);
  if (status === 429) return 'rate_limited';
  return status < 500 ? 'client' : 'server';
}
