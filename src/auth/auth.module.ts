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
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { FirstAdmin } from './first-admin.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LoginAttempts } from './login-attempts.js';
import { Session } from './session.entity.js';
import { JWT_SECRET, tokenOptions } from './token.js';
import { User } from './user.entity.js';

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
    TypeOrmModule.forFeature([User, Session]),
  ],
  controllers: [AuthController],
  providers: [
    AccessCheck,
    AuthService,
    FirstAdmin,
    JwtStrategy,
    LoginAttempts,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessCheck, AuthService],
})
export class AuthModule {}
