import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { addUser, tokenOf } from './auth.js';

export interface SdcppReply {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A server with a listener for the sdcpp dialect, an administrator, and two users who are nothing to each other. */
export interface SdcppHouse {
  server: TestApp;
  /** Address of the listener, without a slash at its end. */
  base: string;
  tokens: { admin: string; anna: string; bert: string };
  /** A request of anna's, unless it says whose: an empty token is nobody's. */
  fetch(path: string, init?: SdcppRequest): Promise<Response>;
  /** The same, with its answer read as JSON. */
  ask(path: string, init?: SdcppRequest): Promise<SdcppReply>;
  close(): Promise<void>;
}

export interface SdcppRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

export async function sdcppHouse({ env, ...options }: TestAppOptions = {}): Promise<SdcppHouse> {
  const server = await createTestApp({
    ...options,
    env: { ATELIER_LISTENERS: 'sdcpp:0', ...env },
  });
  await server.listen();
  await addUser(server.app, 'anna', 'user');
  await addUser(server.app, 'bert', 'user');
  const tokens = {
    admin: await tokenOf(server.app),
    anna: await tokenOf(server.app, 'anna'),
    bert: await tokenOf(server.app, 'bert'),
  };
  const base = server.listenerOf('sdcpp');
  const house: SdcppHouse = {
    server,
    base,
    tokens,
    fetch(path, { method = 'GET', body, token = tokens.anna, headers = {} } = {}) {
      const credential: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
      const type: Record<string, string> =
        body === undefined ? {} : { 'content-type': 'application/json' };
      return fetch(`${base}${path}`, {
        method,
        headers: { ...type, ...credential, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    },
    async ask(path, init) {
      const answer = await house.fetch(path, init);
      const body = (await answer.json()) as Record<string, unknown>;
      return { status: answer.status, headers: answer.headers, body };
    },
    close: () => server.close(),
  };
  return house;
}
