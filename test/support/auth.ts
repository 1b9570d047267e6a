import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { User, type Role } from '../../src/auth/index.js';
import { ADMIN_PASSWORD } from './app.js';

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

export async function send(
  app: NestFastifyApplication,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
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
    firstPassword: false,
    role,
    origin: 'local',
    disabled: false,
    createdAt: new Date(),
    lastLoginAt: null,
  });
  return id;
}

export interface Claims {
  sub: string;
  sid: string;
  jti: string;
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
