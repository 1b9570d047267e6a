import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { AuthService } from './auth.service.js';
import { clientOf } from './client.js';
import { credentialOf } from './credential.js';

/** Passport's way to every credential that is no access token: API keys, Unix users, and none. */
@Injectable()
export class CredentialStrategy extends passport.Strategy {
  override readonly name = `credential-${randomUUID()}`;

  constructor(private readonly auth: AuthService) {
    super();
    passport.use(this);
  }

  override authenticate(request: unknown): void {
    const { headers } = request as FastifyRequest;
    const credential = credentialOf(headers);
    if (credential?.kind === 'token') {
      const reader = this.auth.metricsReader(credential.token);
      if (reader) this.success(reader);
      else this.fail();
      return;
    }
    this.auth.authenticate(credential, clientOf(request as FastifyRequest), headers).then(
      (principal) => this.success(principal),
      (error: unknown) => this.error(error),
    );
  }
}
