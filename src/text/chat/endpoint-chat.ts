import type { Dispatcher } from 'undici';
import type { EndpointKind } from '../../config/index.js';
import { TextError } from '../text.errors.js';
import type { ChatPart, ChatPort, ChatRequest, TextModelFacts } from './chat-port.js';
import { endpointRoots } from './endpoint-address.js';
import { EndpointHttp, EndpointRefusal, type EndpointAnswer } from './endpoint-http.js';
import { linesOf } from './lines.js';
import { OllamaWire } from './ollama-wire.js';
import { OpenAiWire } from './openai-wire.js';
import { isJson, type Quirks, type Wire } from './wire.js';

/** Models of whose quirks one endpoint is remembered. */
const REMEMBERED = 200;

/** Times that a request is sent again after something was learned from its refusal. */
const LESSONS = 3;

export interface Endpoint {
  address: string;
  kind: EndpointKind;
  /** Empty: none. */
  apiKey: string;
}

/** Language models behind an HTTP endpoint: an Ollama, or a server that speaks OpenAI's chat completions. */
export class EndpointChat implements ChatPort {
  private readonly http: EndpointHttp;
  private readonly withoutTools = new Set<string>();
  private readonly quirks = new Map<string, Quirks>();
  private known: Wire | undefined;

  constructor(
    private readonly endpoint: Endpoint,
    dispatcher: Dispatcher,
  ) {
    this.http = new EndpointHttp(dispatcher, endpoint.apiKey);
  }

  takesTools(model: string): boolean {
    return !this.withoutTools.has(model);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
    const wire = await this.wire(signal);
    const { contentType, body } = await this.ask(wire, request, signal);
    const reader = wire.reader(contentType);
    for await (const line of linesOf(body)) yield* reader.read(line);
    signal.throwIfAborted();
    yield* reader.end();
  }

  async models(signal: AbortSignal): Promise<string[]> {
    const wire = await this.wire(signal);
    return wire.modelNames(await this.get(wire.modelsUrl, signal));
  }

  async describe(model: string, signal: AbortSignal): Promise<TextModelFacts> {
    const wire = await this.wire(signal);
    const { url, body } = wire.describeCall(model);
    return wire.facts(model, await this.get(url, signal, body, model));
  }

  private async get(
    url: string,
    signal: AbortSignal,
    body?: object,
    model?: string,
  ): Promise<unknown> {
    try {
      return await this.http.json(url, signal, body);
    } catch (error) {
      throw error instanceof EndpointRefusal ? error.toTextError(model) : error;
    }
  }

  private async ask(
    wire: Wire,
    request: ChatRequest,
    signal: AbortSignal,
  ): Promise<EndpointAnswer> {
    const { model, tools = [] } = request;
    for (let lessons = 0; ; lessons += 1) {
      const quirks = this.quirks.get(model) ?? {};
      try {
        return await this.http.post(wire.chatUrl, signal, wire.chatBody(request, quirks));
      } catch (error) {
        if (!(error instanceof EndpointRefusal)) throw error;
        // Ollama: "… does not support tools"; vLLM and llama.cpp name the switch that is missing.
        if (tools.length > 0 && /\btools?\b/i.test(error.reason)) {
          remember(this.withoutTools, model);
          throw TextError.toolsRefused();
        }
        const learned = lessons < LESSONS ? wire.learn(error.reason, quirks) : undefined;
        if (!learned) throw error.toTextError(model);
        if (this.quirks.size >= REMEMBERED) this.quirks.clear();
        this.quirks.set(model, learned);
      }
    }
  }

  private async wire(signal: AbortSignal): Promise<Wire> {
    this.known ??= await this.recognise(signal);
    return this.known;
  }

  /** Only an Ollama answers with its version; it would also answer OpenAI's paths, but say less there. */
  private async recognise(signal: AbortSignal): Promise<Wire> {
    const { kind, address } = this.endpoint;
    const roots = endpointRoots(address);
    const openai = new OpenAiWire(roots.openai);
    if (kind === 'openai' || (kind === 'auto' && roots.saysOpenai)) return openai;
    const ollama = new OllamaWire(roots.ollama);
    if (kind === 'ollama') return ollama;
    try {
      const answer = await this.http.json(`${roots.ollama}/api/version`, signal);
      return isJson(answer) && typeof answer['version'] === 'string' ? ollama : openai;
    } catch (error) {
      if (error instanceof EndpointRefusal && error.status < 500) return openai;
      if (error instanceof TextError && error.trouble === 'parse') return openai;
      throw error instanceof EndpointRefusal ? error.toTextError() : error;
    }
  }
}

function remember(names: Set<string>, name: string): void {
  if (names.size >= REMEMBERED) names.clear();
  names.add(name);
}
