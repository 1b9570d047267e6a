import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Permission } from '../../src/auth/index.js';
import { send, type Reply } from './auth.js';

export interface Key {
  id: string;
  name: string;
  prefix: string;
  scopes: Permission[];
  owner: { id: string; username: string };
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

export interface CreatedKey {
  key: string;
  api_key: Key;
  message: string;
}

export const withKey = (key: string): Record<string, string> => ({ 'x-api-key': key });

export function askForKey(
  app: NestFastifyApplication,
  headers: Record<string, string>,
  body: object = {},
): Promise<Reply> {
  return send(app, 'POST', '/api/auth/keys', headers, { name: 'a key', ...body });
}

export async function createKey(
  app: NestFastifyApplication,
  headers: Record<string, string>,
  body: object = {},
): Promise<CreatedKey> {
  const reply = await askForKey(app, headers, body);
  if (reply.status !== 201) throw new Error(`No key: ${JSON.stringify(reply.body)}`);
  return reply.body as unknown as CreatedKey;
}
