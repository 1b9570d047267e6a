const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 1536 is "1.5 KiB". */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const amount = value / 1024 ** power;
  const digits = power === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[power]}`;
}

/** Milliseconds as "0.8 s", "42 s", "3 min 05 s" or "2 h 10 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A time in Unix seconds as a day. */
export function date(unixSeconds: number): string {
  return day.format(unixSeconds * 1000);
}

/** A time in Unix seconds as day and hour. */
export function dateTime(unixSeconds: number): string {
  return moment.format(unixSeconds * 1000);
}

const STEPS: Array<[Intl.RelativeTimeFormatUnit, number]> = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** A time in Unix seconds as "3 minutes ago". */
export function ago(unixSeconds: number, now = Date.now() / 1000): string {
  const seconds = unixSeconds - now;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  if (!step) return relative.format(0, 'second');
  return relative.format(Math.round(seconds / step[1]), step[0]);
}

/** "1 picture", "2 pictures". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString()} ${amount === 1 ? one : many}`;
}
