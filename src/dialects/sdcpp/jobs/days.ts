const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const DAY_HOURS = 24;

/** A day of the queue as the web UI shows it. */
export interface Day {
  /** YYYY-MM-DD. */
  date: string;
  label: string;
  /** When it begins, in Unix seconds. */
  timestamp: number;
}

function startOf(date: string): Date {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day);
}

/** @param date YYYY-MM-DD, as the server's clock has it */
export function dayOf(date: string, now = new Date()): Day {
  const start = startOf(date);
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  // Around a change of the clocks a day has an hour more or less.
  const ago = Math.round((today.getTime() - start.getTime()) / (DAY_HOURS * 3_600_000));
  const name = `${MONTHS[start.getMonth()] ?? ''} ${start.getDate()}, ${start.getFullYear()}`;
  const label = ago === 0 ? 'Today' : ago === 1 ? 'Yesterday' : name;
  return { date, label, timestamp: Math.floor(start.getTime() / 1000) };
}
