import { UsersAndSessions1763700000000 } from './1763700000000-users-and-sessions.js';
import { Jobs1763700001000 } from './1763700001000-jobs.js';

/** Every change of the database, oldest first; a change that was published is never edited. */
export const MIGRATIONS = [UsersAndSessions1763700000000, Jobs1763700001000];
