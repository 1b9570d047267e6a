/**
 * Unix seconds of the beginning of a day (YYYY-MM-DD), or of the one `after` days later, as this browser's
 * clock has it; undefined for what is no day.
 */
export function dayStart(day: string, after = 0): number | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return undefined;
  return Math.floor(new Date(year, month - 1, date + after).getTime() / 1000);
}
