/** Only a path of this page, and not the log in again: an address may say anything. */
export function safeTarget(wanted: unknown): string | undefined {
  if (typeof wanted !== 'string' || !/^\/(?![/\\])/.test(wanted)) return undefined;
  return /^\/(log-in|welcome)\b/.test(wanted) ? undefined : wanted;
}
