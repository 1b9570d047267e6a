import type { AuditDetails } from './audit.entity.js';
import type { Principal } from './principal.js';

/** An act, and when it happened. */
export interface TimedAct {
  act: AuditAct;
  at: Date;
}

/** An act to remember. Texts are cut to what the table holds. */
export interface AuditAct {
  /** Noun and past participle, such as `model.deleted`. */
  action: `${string}.${string}`;
  /** Who did it; nobody where that is not proven. */
  actor?: Pick<Principal, 'userId' | 'username' | 'via'>;
  target?: { type: string; id?: string; name?: string };
  /** Never a secret: no password, no token, no key. */
  details?: AuditDetails;
  /** Where the request came from. */
  address?: string;
}
