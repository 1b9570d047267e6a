import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createTestApp, type TestApp } from './app.js';
import { addUser, bearer, tokenOf, type Reply } from './auth.js';
import { StandInLlm, type LlmAnswer, type LlmOptions } from './llm.js';

export interface TextSetup extends Partial<LlmOptions> {
  env?: Record<string, string>;
}

export interface AssistantAnswer {
  message: string;
  thinking: string;
  actions: { type: string; parameters: Record<string, unknown>; confirm: boolean }[];
  tool_calls: {
    name: string;
    parameters: object;
    result: Record<string, unknown>;
    executed_on_backend: boolean;
  }[];
}

/** An answer that calls one tool. */
export function calling(name: string, given: Record<string, unknown> = {}): LlmAnswer {
  return { calls: [{ name, arguments: given }] };
}

/** A server, its users, and the language model that it asks. */
export class TextHouse {
  private constructor(
    readonly server: TestApp,
    readonly llm: StandInLlm,
    /** Tokens, and ids of the users, by their names. */
    readonly tokens: Record<'admin' | 'ann' | 'ben', string>,
    readonly ids: Record<'ann' | 'ben', string>,
  ) {}

  static async open({ env, ...options }: TextSetup = {}): Promise<TextHouse> {
    const llm = await StandInLlm.start({ kind: 'ollama', ...options });
    const server = await createTestApp({ env: { ATELIER_TEXT_ENDPOINT: llm.url, ...env } });
    const { app } = server;
    const ids = {
      ann: await addUser(app, 'ann', 'user'),
      ben: await addUser(app, 'ben', 'user'),
    };
    const tokens = {
      admin: await tokenOf(app),
      ann: await tokenOf(app, 'ann'),
      ben: await tokenOf(app, 'ben'),
    };
    return new TextHouse(server, llm, tokens, ids);
  }

  get app(): NestFastifyApplication {
    return this.server.app;
  }

  async send(
    as: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
  ): Promise<Reply> {
    const reply = await this.app.inject({ method, url, headers: bearer(as), payload });
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
  }

  enhance(as: string, prompt = 'a cat', more: object = {}): Promise<Reply> {
    return this.send(as, 'POST', '/api/text/enhance', { prompt, ...more });
  }

  /** Asks the assistant. */
  async ask(as: string, message = 'hi', context?: object): Promise<AssistantAnswer> {
    const { status, body } = await this.send(as, 'POST', '/api/assistant/chat', {
      message,
      context,
    });
    if (status !== 200)
      throw new Error(`The assistant answered ${status}: ${JSON.stringify(body)}`);
    return body as unknown as AssistantAnswer;
  }

  /** What the model was told last. */
  get lastTold(): string {
    return this.llm.chats.at(-1)?.body.messages?.at(-1)?.content ?? '';
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.llm.stop();
  }
}
