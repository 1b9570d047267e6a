import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Environment } from '../../src/config/index.js';
import { createTestApp, type TestApp } from './app.js';
import { bearer, send, tokenOf } from './auth.js';
import { call, type Call } from './client.js';
import { FakeMachine } from './fake-machine.js';
import { temporaryFolder, type TemporaryFolder } from './folder.js';

export const LISTED = 'https://pages.example';
export const NAMED_HOST = 'images.example.org';

export interface Server {
  app: TestApp;
  /** Addresses of the listeners: the server's own, that of sdcpp, and the Unix socket. */
  main: string;
  sdcpp: string;
  unix: string;
  token: string;
  key: string;
}

async function boot(socket: string, env: Environment): Promise<Server> {
  const app = await createTestApp({
    machine: new FakeMachine({}),
    env: {
      ATELIER_UNIX_SOCKET: socket,
      ATELIER_LISTENERS: JSON.stringify([{ dialect: 'sdcpp', port: 0, host: '127.0.0.1' }]),
      ATELIER_CORS_ORIGINS: LISTED,
      ...env,
    },
  });
  const main = await app.listen();
  const token = await tokenOf(app.app);
  const { body } = await send(app.app, 'POST', '/api/auth/keys', bearer(token), { name: 'key' });
  return {
    app,
    main,
    sdcpp: app.listenerOf('sdcpp'),
    unix: `unix:${socket}`,
    token,
    key: String(body['key']),
  };
}

/** Servers for a file of tests. */
export interface OriginServers {
  /** Takes credentials. */
  closed: Server;
  /** Asks for none. */
  open: Server;
  /** Behind a proxy that it trusts. */
  proxied: Server;
}

/** Starts the servers before the tests of a file, and stops them after. */
export function originServers(): () => OriginServers {
  let folder: TemporaryFolder;
  let servers: OriginServers | undefined;
  beforeAll(async () => {
    folder = await temporaryFolder();
    servers = {
      closed: await boot(join(folder.path, 'closed.sock'), {
        ATELIER_AUTH_METHODS: 'jwt,api-key,unix',
      }),
      open: await boot(join(folder.path, 'open.sock'), {
        ATELIER_AUTH_METHODS: 'none,jwt,api-key',
        ATELIER_ANONYMOUS_ROLE: 'admin',
        ATELIER_ALLOWED_HOSTS: `${NAMED_HOST}, .example.net`,
      }),
      proxied: await boot(join(folder.path, 'proxied.sock'), {
        ATELIER_AUTH_METHODS: 'none,jwt,api-key,unix',
        ATELIER_TRUSTED_PROXIES: '127.0.0.1',
        ATELIER_ALLOWED_HOSTS: NAMED_HOST,
      }),
    };
  });
  afterAll(async () => {
    for (const { app } of Object.values(servers ?? {}) as Server[]) await app.close();
    await folder.remove();
  });
  return () => {
    if (!servers) throw new Error('The servers start with the first test.');
    return servers;
  };
}

/** What a browser says of the page that sends a request; `own` makes the server's own address. */
export const SITES: {
  name: string;
  foreign: boolean;
  headers: (own: string) => Record<string, string>;
}[] = [
  { name: 'a program', foreign: false, headers: () => ({}) },
  { name: 'its own page', foreign: false, headers: (own) => ({ origin: own }) },
  {
    name: 'its own page over TLS',
    foreign: false,
    headers: (own) => ({ origin: own, 'sec-fetch-site': 'same-origin' }),
  },
  { name: 'the address bar', foreign: false, headers: () => ({ 'sec-fetch-site': 'none' }) },
  {
    name: 'another port',
    foreign: true,
    headers: (own) => ({ origin: own.replace(/:\d+$/, ':1') }),
  },
  {
    name: 'another port over TLS',
    foreign: true,
    headers: (own) => ({ origin: own.replace(/:\d+$/, ':1'), 'sec-fetch-site': 'same-site' }),
  },
  { name: 'another host', foreign: true, headers: () => ({ origin: 'http://elsewhere.example' }) },
  { name: 'a page without an origin', foreign: true, headers: () => ({ origin: 'null' }) },
  { name: 'an origin that is none', foreign: true, headers: () => ({ origin: 'nonsense' }) },
  { name: 'another site', foreign: true, headers: () => ({ 'sec-fetch-site': 'cross-site' }) },
  { name: 'a listed origin', foreign: true, headers: () => ({ origin: LISTED }) },
];

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The address that a browser would show for a listener. */
export function ownOf(base: string): string {
  return base.startsWith('unix:') ? 'http://localhost:8080' : base;
}

/** The status of an answer; of one with 403 why it was refused. */
export async function codeOf(base: string, request: Omit<Call, 'method'> & { method: string }) {
  const reply = await call(base, request as Call);
  const text = reply.bytes.toString();
  const [code] = /CROSS_ORIGIN_REFUSED|HOST_NOT_ALLOWED/.exec(text) ?? [];
  return reply.status === 403 ? (code ?? (text === '' ? 'empty' : text)) : reply.status;
}
