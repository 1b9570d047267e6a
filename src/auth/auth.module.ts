import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { readOrCreateSecret } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { AccessCheck } from './access-check.js';
import { AccessGuard } from './access.guard.js';
import { AnonymousUser } from './anonymous-user.js';
import { ApiKeyController } from './api-key.controller.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyService } from './api-key.service.js';
import { AuditController } from './audit.controller.js';
import { AuditEntry } from './audit.entity.js';
import { AuditService } from './audit.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BasicAuth } from './basic-auth.js';
import { CallerConnections } from './caller-connections.js';
import { CredentialStrategy } from './credential.strategy.js';
import { Delegation } from './delegation.js';
import { EarlyAccess } from './early-access.js';
import { FirstAdmin } from './first-admin.js';
import { JwtStrategy } from './jwt.strategy.js';
import { KnownAddresses } from './known-addresses.js';
import { LoginService } from './login.service.js';
import { MachineAdmins } from './machine-admins.js';
import { OriginPolicy } from './origin-policy.js';
import { PamAuth } from './pam-auth.js';
import { PasswordHasher } from './password-hasher.js';
import { ProxyWarnings } from './proxy-warnings.js';
import { SessionController } from './session.controller.js';
import { Session } from './session.entity.js';
import { SessionService } from './session.service.js';
import { Signers } from './signers.js';
import { SignInLimiter } from './sign-in-limiter.js';
import { JWT_SECRET, tokenOptions } from './token.js';
import { UnixAuth } from './unix-auth.js';
import { UnixListener } from './unix-listener.js';
import { User } from './user.entity.js';
import { UserStore } from './user-store.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

const SECRET_BYTES = 48;

function jwtSecret({ auth, storage }: Config): string {
  if (auth.jwtSecret) return auth.jwtSecret;
  return readOrCreateSecret(join(storage.dataDir, 'jwt-secret'), () =>
    randomBytes(SECRET_BYTES).toString('base64url'),
  );
}

@Module({
  providers: [{ provide: JWT_SECRET, inject: [CONFIG], useFactory: jwtSecret }],
  exports: [JWT_SECRET],
})
class JwtSecretModule {}

@Module({
  imports: [
    DiscoveryModule,
    JwtSecretModule,
    JwtModule.registerAsync({
      imports: [JwtSecretModule],
      inject: [JWT_SECRET],
      useFactory: tokenOptions,
    }),
    TypeOrmModule.forFeature([User, Session, ApiKey, AuditEntry]),
  ],
  controllers: [
    AuthController,
    SessionController,
    ApiKeyController,
    UsersController,
    AuditController,
  ],
  providers: [
    AccessCheck,
    AnonymousUser,
    ApiKeyService,
    AuditService,
    AuthService,
    BasicAuth,
    CallerConnections,
    CredentialStrategy,
    Delegation,
    FirstAdmin,
    JwtStrategy,
    KnownAddresses,
    LoginService,
    MachineAdmins,
    OriginPolicy,
    PamAuth,
    PasswordHasher,
    ProxyWarnings,
    SessionService,
    SignInLimiter,
    Signers,
    UnixAuth,
    UnixListener,
    UsersService,
    UserStore,
    AccessGuard,
    EarlyAccess,
    { provide: APP_GUARD, useExisting: AccessGuard },
  ],
  exports: [
    AccessCheck,
    ApiKeyService,
    AuditService,
    AuthService,
    EarlyAccess,
    LoginService,
    OriginPolicy,
    Signers,
    UnixListener,
    UsersService,
    UserStore,
  ],
})
export class AuthModule {}
