import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in says next, or how it fails. */
export interface LlmAnswer {
  /** In pieces: each is a chunk of the stream. */
  content?: string | string[];
  thinking?: string;
  calls?: { name: string; arguments: Record<string, unknown> }[];
  /** Refuses with this status. */
  status?: number;
  /** The sentence of a refusal, or of a failure in the middle of the stream. */
  error?: string;
  /** Closes the connection in the middle of the stream. */
  cut?: boolean;
  /** Ends the stream well, but without its last word. */
  unfinished?: boolean;
  /** Sends this instead of anything that could be understood. */
  garbage?: string;
  /** Says nothing until it is hung up on. */
  hang?: boolean;
  /** Says the same for ever. */
  endless?: boolean;
  /** Does not stream though it is told to. */
  whole?: boolean;
}

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

function json(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

function piecesOf({ content = [] }: LlmAnswer): string[] {
  return [content].flat();
}

/** Begins to write: `write` sends a chunk; `finish` ends as the answer says. */
function streamTo(response: ServerResponse, answer: LlmAnswer, write: (text: string) => void) {
  const finish = (last: () => void): void => {
    if (answer.cut) {
      // What was written is to arrive before the end.
      response.write('', () => response.destroy());
      return;
    }
    if (!answer.unfinished) last();
    response.end();
  };
  const forEver = (): void => {
    if (response.destroyed) return;
    write('and on ');
    if (response.writableNeedDrain) response.once('drain', forEver);
    else setImmediate(forEver);
  };
  return { finish, forEver };
}

function ollamaAnswer(response: ServerResponse, { model }: LlmBody, answer: LlmAnswer): void {
  response.setHeader('content-type', 'application/x-ndjson');
  const line = (message: object, done = false): void => {
    const created_at = new Date().toISOString();
    const end = done ? { done_reason: 'stop', eval_count: 3 } : {};
    response.write(`${JSON.stringify({ model, created_at, message, done, ...end })}\n`);
  };
  const say = (content: string): void => line({ role: 'assistant', content });
  const { finish, forEver } = streamTo(response, answer, say);
  if (answer.thinking) line({ role: 'assistant', content: '', thinking: answer.thinking });
  for (const piece of piecesOf(answer)) say(piece);
  if (answer.calls)
    line({
      role: 'assistant',
      content: '',
      tool_calls: answer.calls.map((call) => ({ function: call })),
    });
  if (answer.endless) return forEver();
  if (answer.error !== undefined) response.write(`${JSON.stringify({ error: answer.error })}\n`);
  finish(() => line({ role: 'assistant', content: '' }, true));
}

function openaiAnswer(response: ServerResponse, { model }: LlmBody, answer: LlmAnswer): void {
  const id = `chatcmpl-${randomUUID()}`;
  const calls = (answer.calls ?? []).map((call, index) => ({
    index,
    id: `call_${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  if (answer.whole) {
    const content = piecesOf(answer).join('');
    const message = {
      role: 'assistant',
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    return json(response, {
      id,
      object: 'chat.completion',
      model,
      choices: [{ index: 0, message, finish_reason }],
    });
  }
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  const event = (delta: object, reason: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: reason }];
    const chunk = { id, object: 'chat.completion.chunk', model, choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const say = (content: string): void => event({ content });
  const { finish, forEver } = streamTo(response, answer, say);
  event({ role: 'assistant', content: '' });
  if (answer.thinking) event({ reasoning_content: answer.thinking });
  for (const piece of piecesOf(answer)) say(piece);
  for (const { function: named, ...call } of calls) {
    // The arguments come in pieces, of which only the first says whose they are.
    event({ tool_calls: [{ ...call, function: { name: named.name, arguments: '' } }] });
    for (const part of named.arguments.match(/.{1,7}/gs) ?? [])
      event({ tool_calls: [{ index: call.index, function: { arguments: part } }] });
  }
  if (answer.endless) return forEver();
  if (answer.error !== undefined)
    response.write(`data: ${JSON.stringify({ error: { message: answer.error } })}\n\n`);
  finish(() => {
    event({}, finish_reason);
    response.write('data: [DONE]\n\n');
  });
}
