import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, ollamaAnswer, openaiAnswer, type LlmAnswer } from './llm-answers.js';

export type { LlmAnswer } from './llm-answers.js';

export interface LlmRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: LlmBody;
}

interface LlmBody {
  model?: string;
  stream?: boolean;
  messages?: { role: string; content: string; [more: string]: unknown }[];
  tools?: { type: string; function: { name: string; description: string; parameters: object } }[];
  options?: Record<string, number>;
  temperature?: number;
  max_tokens?: number;
  max_completion_tokens?: number;
}

export interface LlmOptions {
  kind: 'ollama' | 'openai';
  models?: string[];
  /** Required of every request; none unless given. */
  apiKey?: string;
  /** Models that refuse tools, as a model without a template for them does. */
  withoutTools?: string[];
  /** As OpenAI's reasoning models: `max_completion_tokens`, and no temperature. */
  reasoning?: boolean;
}

/**
 * A server of language models that answers as it is told: real HTTP on the loopback, in the shapes of
 * Ollama 0.12 and of OpenAI's chat completions as vLLM and llama.cpp send them.
 */
export class StandInLlm {
  readonly requests: LlmRequest[] = [];
  /** How many requests were hung up on before they were answered. */
  hungUp = 0;
  private readonly answers: LlmAnswer[] = [];
  private server!: Server;

  private constructor(private readonly options: Required<LlmOptions>) {}

  static async start(options: LlmOptions): Promise<StandInLlm> {
    const llm = new StandInLlm({
      models: ['llama3.2'],
      apiKey: '',
      withoutTools: [],
      reasoning: false,
      ...options,
    });
    llm.server = createServer((request, response) => {
      void llm.handle(request, response);
    });
    llm.server.listen(0, '127.0.0.1');
    await once(llm.server, 'listening');
    return llm;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Queues answers; without any, it says `ok`. */
  say(...answers: LlmAnswer[]): void {
    this.answers.push(...answers);
  }

  /** The requests for an answer. */
  get chats(): LlmRequest[] {
    return this.requests.filter(({ path }) => /chat/.test(path));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as LlmBody;
    const { method = '', url: path = '', headers } = request;
    this.requests.push({ method, path, headers, body });
    response.on('close', () => {
      if (!response.writableEnded) this.hungUp += 1;
    });
    const { apiKey } = this.options;
    if (apiKey !== '' && headers.authorization !== `Bearer ${apiKey}`)
      return this.refuse(response, 401, `Incorrect API key provided: ${headers.authorization}`);
    const handler = this.routes()[`${method} ${path}`];
    if (handler) handler(response, body);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  }

  private routes(): Record<string, (response: ServerResponse, body: LlmBody) => void> {
    const { kind, models } = this.options;
    if (kind === 'openai')
      return {
        'GET /v1/models': (response) =>
          json(response, {
            object: 'list',
            data: models.map((id) => ({
              id,
              object: 'model',
              created: 1_763_700_000,
              owned_by: 'vllm',
              max_model_len: 32_768,
            })),
          }),
        'POST /v1/chat/completions': (response, body) => this.chat(response, body),
      };
    return {
      'GET /api/version': (response) => json(response, { version: '0.12.10' }),
      'GET /api/tags': (response) =>
        json(response, { models: models.map((name) => ({ name, model: name, size: 1 })) }),
      'POST /api/show': (response, { model = '' }) => this.show(response, model),
      'POST /api/chat': (response, body) => this.chat(response, body),
    };
  }

  private show(response: ServerResponse, model: string): void {
    if (!this.options.models.includes(model))
      return this.refuse(response, 404, `model '${model}' not found`);
    json(response, {
      details: { format: 'gguf', family: 'llama', parameter_size: '3.2B' },
      model_info: { 'general.architecture': 'llama', 'llama.context_length': 131_072 },
      capabilities: ['completion', 'tools', 'vision'],
    });
  }

  private chat(response: ServerResponse, body: LlmBody): void {
    const refusal = this.refusalOf(body);
    if (refusal) return this.refuse(response, ...refusal);
    const answer = this.answers.shift() ?? { content: 'ok' };
    if (answer.hang) return;
    if (answer.status !== undefined)
      return this.refuse(response, answer.status, answer.error ?? 'failed');
    if (answer.garbage !== undefined) {
      response.setHeader('content-type', 'application/x-ndjson');
      response.end(answer.garbage);
      return;
    }
    if (this.options.kind === 'ollama') ollamaAnswer(response, body, answer);
    else openaiAnswer(response, body, answer);
  }

  private refusalOf(body: LlmBody): [number, string] | undefined {
    const { models, withoutTools, reasoning } = this.options;
    const { model = '', tools, max_tokens, temperature } = body;
    if (!models.includes(model)) return [404, `model '${model}' not found`];
    if (tools && withoutTools.includes(model))
      return [400, `registry.ollama.ai/library/${model} does not support tools`];
    if (!reasoning) return undefined;
    if (max_tokens !== undefined)
      return [
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ];
    if (temperature !== undefined)
      return [400, "Unsupported value: 'temperature' does not support 0.7 with this model."];
    return undefined;
  }

  private refuse(response: ServerResponse, status: number, message: string): void {
    const error =
      this.options.kind === 'ollama'
        ? message
        : { message, type: 'invalid_request_error', param: null, code: null };
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' });
    response.end(JSON.stringify({ error }));
  }
}
