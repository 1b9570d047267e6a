import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AccessCheck,
  PERMISSIONS,
  ROLE_PERMISSIONS,
  type Access,
  type Permission,
  type Role,
} from '../../src/auth/index.js';
import { isBelow } from '../../src/common/index.js';
import { DIALECTS, type Dialect } from '../../src/dialects/index.js';
import { createTestApp, type Route, type TestApp } from '../support/app.js';
import { addUser, bearer, send, tokenOf } from '../support/auth.js';
import { StandInLlm } from '../support/llm.js';
import { OPEN_ROUTES as CORE_OPEN_ROUTES } from '../support/open-routes/core.js';

/** What is open in a dialect: the pages that describe it, and what the dialect's own list has. */
async function openIn({ name, mount, docs }: Dialect): Promise<string[]> {
  const own = (await import(`../support/open-routes/${name}.ts`)) as { OPEN_ROUTES: string[] };
  const pages = [docs.document, docs.page, `${docs.page}/scalar.js`];
  return [...pages.map((path) => `GET ${mount}${path}`), ...own.OPEN_ROUTES];
}

const OPEN_ROUTES = [...CORE_OPEN_ROUTES, ...(await Promise.all(DIALECTS.map(openIn))).flat()];

/** Two users, because what belongs to one is nothing to the other. */
const CALLERS: { name: string; role: Role }[] = [
  { name: 'guest', role: 'guest' },
  { name: 'user', role: 'user' },
  { name: 'other', role: 'user' },
  { name: 'admin', role: 'admin' },
];

let server: TestApp;
let llm: StandInLlm;
let declared: Map<string, Access | undefined>;

beforeAll(async () => {
  llm = await StandInLlm.start({ kind: 'ollama' });
  server = await createTestApp({ env: { ATELIER_TEXT_ENDPOINT: llm.url } });
  const handlers = server.app.get(AccessCheck, { strict: false }).handlers();
  declared = new Map(
    handlers.flatMap(({ routes, access }) => routes.map((route) => [route, access])),
  );
});

afterAll(async () => {
  await server.close();
  await llm.stop();
});

function nameOf({ method, path }: Route): string {
  // Fastify answers HEAD with the handler of GET.
  return `${method === 'HEAD' ? 'GET' : method} ${path}`;
}

function closedRoutes(): { route: Route; permission: Permission }[] {
  return server.routes.flatMap((route) => {
    const access = declared.get(nameOf(route));
    return access === undefined || access === 'public' ? [] : [{ route, permission: access }];
  });
}

function openRoutes(): Route[] {
  return server.routes.filter((route) => declared.get(nameOf(route)) === 'public');
}

interface Answer {
  route: string;
  status: number;
  challenge: unknown;
  code: string | undefined;
  message: string | undefined;
}

interface Envelope {
  error: { message: string; code: string; problems?: { field: string; message: string }[] };
}

/** The envelope of a failed request; whatever is wrong with it makes the test fail. */
function envelopeOf(reply: InjectedReply): Partial<Envelope['error']> {
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  const { problems, ...error } = reply.json<Envelope>().error;
  expect(problems?.length).not.toBe(0);
  expect(error).toEqual({
    message: expect.stringMatching(/./) as string,
    code: expect.stringMatching(/^[A-Z_]+$/) as string,
    status_code: reply.statusCode,
    request_id: reply.headers['x-request-id'],
    timestamp: expect.closeTo(Date.now() / 1000, -2) as number,
  });
  return error;
}

type InjectedReply = Awaited<ReturnType<TestApp['app']['inject']>>;

/** Answers that have no end by themselves: as soon as they begin, all is known that is asked here. */
const ENDLESS: readonly string[] = ['/mold/api/downloads/stream', '/mold/api/resources/stream'];

function answerOf(route: string, reply: InjectedReply): Answer {
  const { statusCode: status, headers } = reply;
  const hasEnvelope = status >= 400 && !route.startsWith('HEAD') && !ofDialect(route);
  const { code, message } = hasEnvelope ? envelopeOf(reply) : {};
  return { route, status, challenge: headers['www-authenticate'], code, message };
}

/** Whether a route, as `GET /path`, is one of a dialect, whose errors have a form of their own. */
function ofDialect(route: string): boolean {
  const [, path = ''] = route.split(' ');
  return DIALECTS.some(({ prefix }) => isBelow(path, prefix));
}

/** What the body of this route's answer says: nothing where it has none, or has a form of its own. */
function spoken({ method, path }: Route, words: string): string | undefined {
  return method === 'HEAD' || ofDialect(`${method} ${path}`) ? undefined : words;
}

async function call(
  { method, path }: Route,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const url = path.replaceAll(/:\w+|\*/g, 'unknown');
  const wanted = { method: method as 'GET', url, headers };
  if (!ENDLESS.includes(path))
    return answerOf(`${method} ${path}`, await server.app.inject(wanted));
  const begun = await server.app.inject({ ...wanted, payloadAsStream: true });
  begun.stream().destroy();
  const { statusCode: status, headers: told } = begun;
  const unread = { code: undefined, message: undefined };
  return { route: `${method} ${path}`, status, challenge: told['www-authenticate'], ...unread };
}

/** Whether a route may end the log in that asks. */
function endsLogIns({ method, path }: Route): boolean {
  return path.startsWith('/api/auth/') && ['POST', 'DELETE'].includes(method);
}

interface Expectation {
  permission: Permission;
  allowed: boolean;
  holder: 'role' | 'API key';
}

/** What is wrong with how the door treated a caller: let in, or told by name which permission is missing. */
function faultOf(answer: Answer, route: Route, wanted: Expectation): string | undefined {
  const { permission, allowed, holder } = wanted;
  const told = `${answer.route} with ${permission} ${allowed ? 'held' : 'missing'}: ${answer.status} ${answer.message}`;
  if (allowed) return [401, 403].includes(answer.status) ? told : undefined;
  const message = `This needs the permission "${permission}", which your ${holder} does not have.`;
  const right =
    answer.status === 403 &&
    String(answer.challenge).includes(`scope="${permission}"`) &&
    answer.code === spoken(route, 'INSUFFICIENT_PERMISSIONS') &&
    answer.message === spoken(route, message);
  return right ? undefined : told;
}

/** For each permission, a key of the administrator that holds nothing else, and one that holds all else. */
async function keysByPermission(): Promise<Map<Permission, { only: string; without: string }>> {
  const token = await tokenOf(server.app);
  const keyFor = async (scopes: Permission[]): Promise<string> => {
    const { body } = await send(server.app, 'POST', '/api/auth/keys', bearer(token), {
      name: 'sweep',
      scopes,
    });
    return body['key'] as string;
  };
  const keys = new Map<Permission, { only: string; without: string }>();
  for (const permission of PERMISSIONS) {
    keys.set(permission, {
      only: await keyFor([permission]),
      without: await keyFor(PERMISSIONS.filter((one) => one !== permission)),
    });
  }
  return keys;
}

describe('every route', () => {
  it('belongs to a handler that declares who may call it', () => {
    const names = new Set(server.routes.map(nameOf));
    expect([...names].toSorted()).toEqual([...declared.keys()].toSorted());
    expect([...declared].filter(([, access]) => access === undefined)).toEqual([]);
    expect(closedRoutes().length).toBeGreaterThan(3);
    expect(openRoutes().length).toBeGreaterThan(1);
  });

  it('is public only where that was meant', () => {
    expect(OPEN_ROUTES).toEqual(expect.arrayContaining(openRoutes().map(nameOf)));
  });

  it('that is closed refuses a stranger and a bad token', async () => {
    for (const { route } of closedRoutes()) {
      for (const headers of [{}, bearer('garbage')]) {
        expect(await call(route, headers)).toMatchObject({
          status: 401,
          challenge: expect.stringMatching(/^(Bearer|Basic) /) as string,
          code: spoken(route, 'AUTH_REQUIRED'),
        });
      }
    }
  });

  it.each(CALLERS)('that is closed asks for its permission: $name', async ({ name, role }) => {
    if (name !== 'admin') await addUser(server.app, name, role);
    let token = await tokenOf(server.app, name);
    const faults: (string | undefined)[] = [];
    for (const { route, permission } of closedRoutes()) {
      const allowed = ROLE_PERMISSIONS[role].includes(permission);
      const answer = await call(route, bearer(token));
      faults.push(faultOf(answer, route, { permission, allowed, holder: 'role' }));
      if (endsLogIns(route)) token = await tokenOf(server.app, name);
    }
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it('that is closed asks a key for its permission, whatever its owner may do', async () => {
    const keys = await keysByPermission();
    const faults: (string | undefined)[] = [];
    for (const { route, permission } of closedRoutes()) {
      for (const [name, key] of Object.entries(keys.get(permission)!)) {
        const answer = await call(route, { 'x-api-key': key });
        const allowed = name === 'only';
        faults.push(faultOf(answer, route, { permission, allowed, holder: 'API key' }));
      }
    }
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it('that is public asks nobody for a credential and minds no bad one', async () => {
    for (const route of openRoutes()) {
      for (const headers of [{}, bearer('garbage')]) {
        const { status, route: name } = await call(route, headers);
        expect({ name, refused: status === 401 || status === 403 }).toEqual({
          name,
          refused: false,
        });
      }
    }
  });

  it('takes an empty request without a fault of ours', async () => {
    let token = await tokenOf(server.app);
    for (const route of server.routes) {
      let reply = await call(route, bearer(token));
      if (reply.status === 401) {
        // A route before this one has ended the log in.
        token = await tokenOf(server.app);
        reply = await call(route, bearer(token));
      }
      const { status, route: name } = reply;
      expect({ name, fault: status >= 500 }).toEqual({ name, fault: false });
    }
  });
});

describe('an unknown route', () => {
  it.each([
    ['GET', '/no-such-page'],
    ['GET', '/api/unknown'],
    ['DELETE', '/api/auth/me'],
    ['GET', '/api/queue/../../etc/passwd'],
  ])('answers %s %s with the envelope', async (method, path) => {
    expect(await call({ method, path })).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('a body that cannot be read', () => {
  it.each([
    ['malformed JSON', 'application/json', '{"username":', 400],
    ['nothing, called JSON', 'application/json', '', 400],
    ['another type', 'application/xml', '<username>admin</username>', 415],
  ])('is refused with the envelope: %s', async (_, type, payload, status) => {
    const reply = await server.app.inject({
      method: 'POST',
      url: '/api/auth/login',
      headers: { 'content-type': type },
      payload,
    });
    expect(reply.statusCode).toBe(status);
    expect(envelopeOf(reply).code).toBe('INVALID_PARAMETERS');
  });
});
