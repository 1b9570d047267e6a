import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { CONFIG, type Config } from '../config/index.js';
import { AnonymousUser } from './anonymous-user.js';
import { ApiKeyService } from './api-key.service.js';
import { AuthRequiredError } from './auth-errors.js';
import { BasicAuth } from './basic-auth.js';
import { forwardedAddress, type LoginClient } from './client.js';
import {
  bearerCredential,
  credentialOf,
  isExplicit,
  mayBeAnonymous,
  type Credential,
} from './credential.js';
import { Delegation } from './delegation.js';
import { OriginPolicy } from './origin-policy.js';
import type { Principal } from './principal.js';
import { SessionService } from './session.service.js';
import { refusalOf, type TokenClaims } from './token.js';
import { trustedProxies } from './trusted-proxies.js';
import { UnixAuth } from './unix-auth.js';

/** Stands for a user where there is none. */
const METRICS_READER = 'metrics';

/** In a time that does not tell how much of it is right. */
function sameSecret(secret: string, given: string): boolean {
  const [a, b] = [secret, given].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** What a client of a live connection shows in its handshake. */
export interface Handshake {
  headers: IncomingHttpHeaders;
  /** What its client library sends beside the headers: `{ token }` or `{ apiKey }`. */
  auth?: unknown;
  /** The connection underneath. */
  socket?: Socket;
}

function textIn(auth: unknown, name: 'token' | 'apiKey'): string | undefined {
  if (typeof auth !== 'object' || auth === null) return undefined;
  const value: unknown = Reflect.get(auth, name);
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : `not a text: ${typeof value}`;
}

/** What the client library was given, which no browser adds by itself. */
function explicitCredential(auth: unknown): Credential | undefined {
  const token = textIn(auth, 'token');
  if (token) return bearerCredential(token);
  const key = textIn(auth, 'apiKey');
  return key ? { kind: 'key', key } : undefined;
}

/** Who is calling: the one way from a credential to a caller, for requests and live connections alike. */
@Injectable()
export class AuthService {
  private readonly trusts: (address?: string) => boolean;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly jwt: JwtService,
    private readonly sessions: SessionService,
    private readonly keys: ApiKeyService,
    private readonly unix: UnixAuth,
    private readonly anonymous: AnonymousUser,
    private readonly basic: BasicAuth,
    private readonly delegation: Delegation,
    private readonly origins: OriginPolicy,
  ) {
    this.trusts = trustedProxies(config.server.trustedProxies);
  }

  /**
   * Who a credential speaks for; without one, everybody's user where that is allowed.
   * @param client where it came from, with the connection for what only the transport knows
   * @param headers of the request, which may say for whom a front asks
   * @throws AuthRequiredError that says what is wrong with it, or that there is none.
   */
  async authenticate(
    credential: Credential | undefined,
    client: LoginClient,
    headers: IncomingHttpHeaders = {},
  ): Promise<Principal> {
    switch (credential?.kind) {
      case undefined:
        if (this.config.auth.methods.includes('none') && mayBeAnonymous(headers))
          return this.anonymous.principal();
        throw AuthRequiredError.missing();
      case 'token':
        return this.authenticateToken(credential.token);
      case 'key':
        return this.delegation.callerOf(
          await this.keys.authenticate(credential.key),
          headers,
          client.address,
        );
      case 'unix':
        return this.unix.authenticate(credential.username, client.socket);
      case 'basic':
        return this.basic.authenticate(credential.username, credential.password, client);
      case 'unreadable':
        throw AuthRequiredError.refused('The Authorization header must read "Bearer <token>".');
    }
  }

  /**
   * Who speaks on a live connection; its `auth` counts before its headers.
   * @throws AuthRequiredError; CrossOriginError where a page of another origin shows nothing of its own.
   */
  async authenticateHandshake(handshake: Handshake): Promise<Principal> {
    const explicit = explicitCredential(handshake.auth);
    if (!explicit && !isExplicit(handshake.headers)) this.origins.checkHandshake(handshake);
    return this.authenticateReceived(handshake, explicit);
  }

  /**
   * Who asks for something that is only read, such as a page.
   * @throws AuthRequiredError
   */
  authenticateReceived(
    { headers, socket }: Handshake,
    credential = credentialOf(headers),
  ): Promise<Principal> {
    const address = forwardedAddress(headers, socket, this.trusts);
    return this.authenticate(credential, { address, socket }, headers);
  }

  /** The program that reads the metrics, if this is the token that was set for it. */
  metricsReader(token: string): Principal | undefined {
    const { metricsToken } = this.config.auth;
    if (metricsToken === '' || !sameSecret(metricsToken, token)) return undefined;
    return {
      userId: METRICS_READER,
      username: METRICS_READER,
      role: 'guest',
      permissions: ['system:metrics'],
      via: 'metrics-token',
    };
  }

  /**
   * Who an access token speaks for. An empty one is none.
   * @throws AuthRequiredError that says what is wrong with it.
   */
  async authenticateToken(token: string): Promise<Principal> {
    if (token === '') throw AuthRequiredError.missing();
    const claims = await this.jwt.verifyAsync<TokenClaims>(token).catch((error: unknown) => {
      throw refusalOf(error);
    });
    return this.sessions.authenticate(claims);
  }
}
