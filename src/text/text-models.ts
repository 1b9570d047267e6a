import { ClientGoneError } from '../common/index.js';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Agent } from 'undici';
import type {
  ChatMessage,
  ChatPart,
  ChatPort,
  TextModelFacts,
  ToolCall,
  ToolOffer,
} from './chat/chat-port.js';
import { EndpointChat, type Endpoint } from './chat/endpoint-chat.js';
import { ThoughtFilter } from './chat/thought-filter.js';
import { TextError } from './text.errors.js';
import { TextSettings, type TextFields, type TextUse } from './text-settings.js';

/** Milliseconds until a connection is made or given up. */
const CONNECT_MS = 10_000;

/** Milliseconds that a list of models, or a word about one, may take. */
const LOOK_MS = 15_000;

/** Endpoints that are remembered, with what was learned about them. */
const REMEMBERED = 8;

/** A language model that is ready to be asked. */
export interface ChosenModel {
  port: ChatPort;
  model: string;
  settings: TextFields;
}

export interface Question {
  messages: readonly ChatMessage[];
  tools?: readonly ToolOffer[];
}

export interface WholeAnswer {
  content: string;
  thinking: string;
  calls: ToolCall[];
}

/** Finds the language model for a use, and asks it within its deadline. */
@Injectable()
export class TextModels implements OnModuleDestroy {
  private readonly agent = new Agent({ connect: { timeout: CONNECT_MS }, allowH2: false });
  private readonly ports = new Map<string, ChatPort>();

  constructor(private readonly settings: TextSettings) {}

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  /** @throws TextError where it is switched off, where nothing is configured, or where there is no model */
  async choose(use: TextUse, signal: AbortSignal): Promise<ChosenModel> {
    const settings = await this.settings.inForce(use);
    if (!settings.enabled) throw TextError.disabled();
    const port = this.portFor(settings);
    if (settings.model !== '') return { port, model: settings.model, settings };
    const [model] = await within(LOOK_MS, signal, (both) => port.models(both));
    if (model === undefined) throw TextError.modelMissing('');
    return { port, model, settings };
  }

  /** Names of the models that the endpoint of a use has, within `ms` milliseconds. @throws TextError */
  async names(use: TextUse, signal: AbortSignal, ms = LOOK_MS): Promise<string[]> {
    const port = this.portFor(await this.settings.inForce(use));
    return within(ms, signal, (both) => port.models(both));
  }

  /** What is known of a model; of the chosen one where none is named. @throws TextError */
  async describe(use: TextUse, model: string, signal: AbortSignal): Promise<TextModelFacts> {
    const { port, model: chosen } = await this.choose(use, signal);
    return within(LOOK_MS, signal, (both) => port.describe(model || chosen, both));
  }

  /**
   * Asks, and gives the answer as it comes, thinking told apart from what is said. The deadline is that of
   * the settings, for the whole answer.
   * @throws TextError, toolsRefused among them; ClientGoneError
   */
  async *ask(
    { port, model, settings }: ChosenModel,
    question: Question,
    signal: AbortSignal,
  ): AsyncGenerator<ChatPart, void> {
    const { temperature, maxTokens, timeoutSeconds } = settings;
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
    const both = AbortSignal.any([signal, deadline]);
    const filter = new ThoughtFilter();
    try {
      const request = { model, ...question, temperature, maxTokens };
      for await (const part of port.chat(request, both)) yield* filter.pass(part);
      yield* filter.end();
    } catch (error) {
      throw translated(error, signal, deadline, timeoutSeconds);
    }
  }

  /** As {@link ask}, for who needs the whole. */
  async answer(chosen: ChosenModel, question: Question, signal: AbortSignal): Promise<WholeAnswer> {
    const whole: WholeAnswer = { content: '', thinking: '', calls: [] };
    for await (const part of this.ask(chosen, question, signal)) {
      if (part.type === 'call') whole.calls.push(part.call);
      else whole[part.type] += part.text;
    }
    return whole;
  }

  /** Whoever adds a port to models of another kind adds it here: each use asks for what its settings name. */
  private portFor({ endpoint, kind, apiKey }: TextFields): ChatPort {
    if (endpoint === '') throw TextError.notConfigured();
    const wanted: Endpoint = { address: endpoint, kind, apiKey };
    const key = JSON.stringify(wanted);
    const known = this.ports.get(key);
    if (known) return known;
    if (this.ports.size >= REMEMBERED) this.ports.clear();
    const port = new EndpointChat(wanted, this.agent);
    this.ports.set(key, port);
    return port;
  }
}

async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (error) {
    throw translated(error, signal, deadline, ms / 1000);
  }
}

function translated(
  error: unknown,
  signal: AbortSignal,
  deadline: AbortSignal,
  seconds: number,
): unknown {
  if (signal.aborted) return new ClientGoneError();
  if (deadline.aborted) return TextError.timeout(seconds);
  return error;
}
