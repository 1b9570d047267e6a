import { FakeEngine, type ImageEngine } from '../../src/engine/index.js';
import { HistoryService, type JobDetails } from '../../src/queue/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { addUser, tokenOf } from './auth.js';
import { ownerOf } from './workshop.js';

/** An answer of the API, as a client reads it. */
export interface OpenaiReply {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A user of the API, by the address that it would give to the `openai` package. */
export class OpenaiClient {
  constructor(
    readonly base: string,
    /** For the header `Authorization`; empty for a stranger. */
    readonly token: string,
    readonly userId: string,
  ) {}

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token) headers.set('authorization', `Bearer ${this.token}`);
    return fetch(`${this.base}${path}`, { ...init, headers });
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<OpenaiReply> {
    return replyOf(await this.fetch(path, { headers }));
  }

  async post(
    path: string,
    body: object,
    headers: Record<string, string> = {},
  ): Promise<OpenaiReply> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    const all = { 'content-type': 'application/json', ...headers };
    return replyOf(await this.fetch(path, { ...init, headers: all }));
  }

  async form(path: string, form: FormData): Promise<OpenaiReply> {
    return replyOf(await this.fetch(path, { method: 'POST', body: form }));
  }
}

async function replyOf(answer: Response): Promise<OpenaiReply> {
  const { status, headers } = answer;
  return { status, headers, body: (await answer.json()) as Record<string, unknown> };
}

export interface OpenaiServer {
  server: TestApp;
  engine: ImageEngine;
  anna: OpenaiClient;
  berta: OpenaiClient;
  stranger: OpenaiClient;
  /** The jobs of a user, newest first. */
  jobs(client: OpenaiClient): Promise<JobDetails[]>;
  close(): Promise<void>;
}

/** A server with a listener for the API and two users; the base of its clients ends in `/v1`. */
export async function startOpenai(
  engine: ImageEngine = FakeEngine.instant(),
  env: TestAppOptions['env'] = {},
): Promise<OpenaiServer> {
  const settings = { ATELIER_LISTENERS: 'openai:0', ATELIER_MODELS_HASH: 'false', ...env };
  const server = await createTestApp({ engine, env: settings });
  await server.listen();
  const base = `${server.listenerOf('openai')}/v1`;
  const client = async (name: string): Promise<OpenaiClient> => {
    const userId = await addUser(server.app, name, 'user');
    return new OpenaiClient(base, await tokenOf(server.app, name), userId);
  };
  return {
    server,
    engine,
    anna: await client('anna'),
    berta: await client('berta'),
    stranger: new OpenaiClient(base, '', ''),
    async jobs({ userId }) {
      const history = server.app.get(HistoryService, { strict: false });
      return (await history.list(ownerOf(userId), { limit: 100 })).jobs;
    },
    close: () => server.close(),
  };
}
