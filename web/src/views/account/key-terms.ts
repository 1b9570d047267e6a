import type { ApiKeyDto } from '../../api/generated/types.gen.js';
import { ago, date } from '../../lib/format.js';

const DAY = 86_400;

/** For how long a key may last, in days; an empty value is for ever. */
export const LIFETIMES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'One year' },
  { value: '', label: 'Until it is revoked' },
];

/** The end of a lifetime as the API wants it: Unix seconds, or null for never. */
export function expiryAfter(days: string, now: number): number | null {
  return days === '' ? null : Math.floor(now / 1000) + Number(days) * DAY;
}

export type KeyState = 'active' | 'expired' | 'revoked';

type Terms = Pick<ApiKeyDto, 'expires_at' | 'revoked_at'>;

export function stateOf({ expires_at, revoked_at }: Terms, now: number): KeyState {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && expires_at * 1000 <= now ? 'expired' : 'active';
}

/** Until when a key lasts, or since when it does not. */
export function endOf(key: Terms, now: number): string {
  switch (stateOf(key, now)) {
    case 'revoked':
      return `revoked ${ago(key.revoked_at ?? 0, now / 1000)}`;
    case 'expired':
      return `expired ${ago(key.expires_at ?? 0, now / 1000)}`;
    case 'active':
      return key.expires_at === null ? 'does not expire' : `until ${date(key.expires_at)}`;
  }
}

/** A line for the terminal that asks who the key belongs to, or else what the server is. */
export function tryLine(origin: string, key: string, scopes: readonly string[]): string {
  const path = scopes.includes('account:read')
    ? '/api/auth/me'
    : scopes.includes('job:read')
      ? '/api/queue/status'
      : '/api/status';
  return `curl -H "X-API-Key: ${key}" ${origin}${path}`;
}
