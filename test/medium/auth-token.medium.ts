import { JwtService } from '@nestjs/jwt';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthService, ROLE_PERMISSIONS } from '../../src/auth/index.js';
import { EventBus } from '../../src/events/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { addUser, bearer, claimsOf, errorOf } from '../support/auth.js';
import { send, tokenOf, type Reply } from '../support/auth.js';

let server: TestApp;
let app: NestFastifyApplication;
let jwt: JwtService;

beforeAll(async () => {
  server = await createTestApp();
  app = server.app;
  jwt = app.get(JwtService);
});

afterAll(async () => {
  await server.close();
});

function me(headers: Record<string, string>): Promise<Reply> {
  return send(app, 'GET', '/api/auth/me', headers);
}

interface Refusal {
  status: number;
  challenge: unknown;
  code: string;
  message: string;
}

/** What a caller with this token is told, where it matters. */
async function refusal(token: string): Promise<Refusal> {
  return seen(await me(bearer(token)));
}

function seen(reply: Reply): Refusal {
  const { code, message } = errorOf(reply);
  return { status: reply.status, challenge: reply.headers['www-authenticate'], code, message };
}

function refused(message: string): Refusal {
  return {
    status: 401,
    challenge: 'Bearer realm="atelier", error="invalid_token"',
    code: 'AUTH_REQUIRED',
    message,
  };
}

const UNKNOWN = refused('This access token is malformed or unknown here: log in again.');
const EXPIRED = refused('This access token has expired: log in again.');
const LOGGED_OUT = refused('This access token was logged out: log in again.');

describe('a token', () => {
  it('that was not sent is asked for, without an error code', async () => {
    expect(seen(await me({}))).toEqual({
      status: 401,
      challenge: 'Bearer realm="atelier"',
      code: 'AUTH_REQUIRED',
      message:
        'This needs an access token: log in at /api/auth/login, then send the header "Authorization: Bearer <token>".',
    });
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer two words'])(
    'is not found in the header "%s"',
    async (authorization) => {
      expect(seen(await me({ authorization }))).toEqual(
        refused('The Authorization header must read "Bearer <token>".'),
      );
    },
  );

  it.each(['garbage', 'a.b.c', `${'a'.repeat(4000)}.b.c`])(
    'that is garbage is refused: %.20s',
    async (token) => {
      expect(await refusal(token)).toEqual(UNKNOWN);
    },
  );

  it('whose claims were changed is refused', async () => {
    const token = await tokenOf(app);
    const [head, , signature] = token.split('.');
    const claims = Buffer.from(JSON.stringify({ ...claimsOf(token), exp: 9_999_999_999 })).toString(
      'base64url',
    );
    expect(await refusal(`${head}.${claims}.${signature}`)).toEqual(UNKNOWN);
  });

  it('that another key signed is refused', async () => {
    const { sub, sid } = claimsOf(await tokenOf(app));
    const options = { secret: 'another key', issuer: 'atelier' };
    expect(await refusal(await new JwtService().signAsync({ sub, sid }, options))).toEqual(UNKNOWN);
  });

  it('with the algorithm "none" is refused', async () => {
    const claims = (await tokenOf(app)).split('.')[1];
    const head = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await refusal(`${head}.${claims}.`)).toEqual(UNKNOWN);
  });

  it.each([
    ['another algorithm', { algorithm: 'HS512' as const }],
    ['another issuer', { issuer: 'elsewhere' }],
    ['a start in the future', { notBefore: 60 }],
  ])('with the right key but %s is refused', async (_, options) => {
    const { sub, sid } = claimsOf(await tokenOf(app));
    expect(await refusal(await jwt.signAsync({ sub, sid }, options))).toEqual(UNKNOWN);
  });

  it('with the right key but without a session is refused', async () => {
    const { sub } = claimsOf(await tokenOf(app));
    expect(await refusal(await jwt.signAsync({ sub }))).toEqual(UNKNOWN);
    expect(await refusal(await jwt.signAsync({ sub, sid: 'unknown' }))).toEqual(UNKNOWN);
  });

  it('cannot borrow the session of another user', async () => {
    const { sid } = claimsOf(await tokenOf(app));
    const sub = await addUser(app, 'ann', 'user');
    expect(await refusal(await jwt.signAsync({ sub, sid }))).toEqual(UNKNOWN);
  });

  it('that has expired is refused as such', async () => {
    const { sub, sid } = claimsOf(await tokenOf(app));
    expect(await refusal(await jwt.signAsync({ sub, sid }, { expiresIn: -1 }))).toEqual(EXPIRED);
  });

  it('whose session has expired is refused as such', async () => {
    const token = await tokenOf(app);
    const { sid } = claimsOf(token);
    await app
      .get(DataSource)
      .query('UPDATE sessions SET expiresAt = ? WHERE id = ?', [Date.now(), sid]);
    expect(await refusal(token)).toEqual(EXPIRED);
  });
});

describe('POST /api/auth/logout', () => {
  it('ends this session, tells the house, and leaves the others', async () => {
    const [token, other] = [await tokenOf(app), await tokenOf(app)];
    const revoked: string[] = [];
    const stop = app
      .get(EventBus)
      .on('session.revoked', ({ sessionId }) => revoked.push(sessionId));
    const reply = await send(app, 'POST', '/api/auth/logout', bearer(token));
    stop();
    expect(reply).toMatchObject({ status: 200, body: { message: 'Logout successful' } });
    expect(revoked).toEqual([claimsOf(token).sid]);
    expect(await refusal(token)).toEqual(LOGGED_OUT);
    expect((await me(bearer(other))).status).toBe(200);
  });
});

describe('AuthService.authenticateToken', () => {
  it('knows the caller without an HTTP request', async () => {
    const token = await tokenOf(app);
    const { sub, sid, jti, exp } = claimsOf(token);
    expect(await app.get(AuthService).authenticateToken(token)).toEqual({
      userId: sub,
      expiresAt: new Date(exp * 1000),
      username: 'admin',
      role: 'admin',
      permissions: ROLE_PERMISSIONS.admin,
      sessionId: sid,
      tokenId: jti,
      via: 'jwt',
    });
  });

  it('asks for a token where there is none, in the words of the guard', async () => {
    const { message } = errorOf(await me({}));
    await expect(app.get(AuthService).authenticateToken('')).rejects.toMatchObject({ message });
  });

  it('refuses in the words of the guard', async () => {
    const token = await tokenOf(app);
    const { sub, sid } = claimsOf(token);
    const expired = await jwt.signAsync({ sub, sid }, { expiresIn: -1 });
    await send(app, 'POST', '/api/auth/logout', bearer(token));
    for (const bad of ['garbage', expired, token]) {
      const error: unknown = await app
        .get(AuthService)
        .authenticateToken(bad)
        .catch((thrown: unknown) => thrown);
      const { status, code, message } = await refusal(bad);
      expect(error).toMatchObject({ status, code, message });
    }
  });
});
