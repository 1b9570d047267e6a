import type { AuditEntryDto, AuditListData } from '../../../api/generated/types.gen.js';
import { dayStart } from '../../../lib/days.js';

export interface AuditFilter {
  /** The first half of an action, such as `login`. */
  action: string;
  /** Username. */
  actor: string;
  /** First and last day, as YYYY-MM-DD. */
  from: string;
  to: string;
  page: number;
}

export const NO_FILTER: AuditFilter = { action: '', actor: '', from: '', to: '', page: 1 };

/** Entries on a page. */
export const PAGE_SIZE = 25;

export const ACTION_GROUPS = [
  { value: '', label: 'Everything' },
  { value: 'login', label: 'Logging in' },
  { value: 'logout', label: 'Logging out' },
  { value: 'session', label: 'Sessions' },
  { value: 'user', label: 'People' },
  { value: 'key', label: 'API keys' },
  { value: 'model', label: 'Models' },
  { value: 'settings', label: 'Settings' },
];

/** What the API is asked; its last moment is within, so it is the second before the next day. */
export function auditQuery(filter: AuditFilter): NonNullable<AuditListData['query']> {
  const { action, actor, page } = filter;
  const [from, end] = [dayStart(filter.from), dayStart(filter.to, 1)];
  return {
    limit: PAGE_SIZE,
    page,
    ...(action && { action }),
    ...(actor.trim() && { actor: actor.trim() }),
    ...(from !== undefined && { from }),
    ...(end !== undefined && { to: end - 1 }),
  };
}

/** `login.failed` as words. */
export function actionWords(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  const words = `${noun} ${verb}`.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What somebody did something to: by name, else by the beginning of its id, which is long. */
export function targetName({ name, id }: NonNullable<AuditEntryDto['target']>): string {
  return name ?? id?.slice(0, 8) ?? '';
}

/** What else is told of an act, in a line. */
export function detailsText({ details }: Pick<AuditEntryDto, 'details'>): string {
  return Object.entries(details ?? {})
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
}
