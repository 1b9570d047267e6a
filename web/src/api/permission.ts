import type { UserDto } from './generated/types.gen.js';

/** What can be done to what, for example `job:create` (docs/auth.md). */
export type Permission = UserDto['permissions'][number];
