import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { AuthModule, User, type Role } from '../../src/auth/index.js';
import { createValidationPipe, ErrorEnvelopeFilter, requestId } from '../../src/common/index.js';
import {
  ConfigModule,
  databaseOptions,
  loadConfig,
  type Environment,
} from '../../src/config/index.js';
import { EventsModule } from '../../src/events/index.js';

export const ADMIN_PASSWORD = 'a password for tests';

export async function bootAuth(
  dataDir: string,
  env: Environment = { ATELIER_ADMIN_PASSWORD: ADMIN_PASSWORD },
  controllers: Type[] = [],
): Promise<NestFastifyApplication> {
  const config = loadConfig({ ATELIER_DATA_DIR: dataDir, ...env });
  @Module({
    imports: [
      ConfigModule.with(config),
      EventsModule,
      TypeOrmModule.forRoot({ ...databaseOptions(config), autoLoadEntities: true }),
      AuthModule,
    ],
    controllers,
  })
  class AuthOnly {}
  const adapter = new FastifyAdapter({ genReqId: requestId });
  const app = await NestFactory.create<NestFastifyApplication>(AuthOnly, adapter, {
    logger: false,
    abortOnError: false,
  });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ErrorEnvelopeFilter());
  try {
    await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'atelier-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

export async function send(
  app: NestFastifyApplication,
  method: 'GET' | 'POST',
  url: string,
  headers: Record<string, string> = {},
  payload?: object,
): Promise<Reply> {
  const reply = await app.inject({ method, url, headers, payload });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

export function login(
  app: NestFastifyApplication,
  username: string,
  password = ADMIN_PASSWORD,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return send(app, 'POST', '/api/auth/login', headers, { username, password });
}

export async function tokenOf(app: NestFastifyApplication, username = 'admin'): Promise<string> {
  const { body } = await login(app, username);
  return body['token'] as string;
}

/** Adds a user with the password of the administrator. */
export async function addUser(
  app: NestFastifyApplication,
  username: string,
  role: Role,
): Promise<string> {
  const users = app.get(DataSource).getRepository(User);
  const { passwordHash } = await users.findOneByOrFail({ usernameKey: 'admin' });
  const id = randomUUID();
  await users.insert({
    id,
    username,
    usernameKey: username,
    passwordHash,
    role,
    disabled: false,
    createdAt: new Date(),
    lastLoginAt: null,
  });
  return id;
}

export interface Claims {
  sub: string;
  sid: string;
  exp: number;
  iss: string;
}

/** What a token says, unchecked. */
export function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}

export function errorOf({ body }: Reply): { code: string; message: string; status_code: number } {
  return body['error'] as ReturnType<typeof errorOf>;
}
