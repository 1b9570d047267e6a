/** Writes a line for people or for the next program. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes to where people look, and not into what is piped on. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

type Row = Record<string, string | number | boolean | null>;

/** Prints rows as a table with the names of their fields above, or as JSON. */
export function printRows(rows: Row[], json: boolean | undefined): void {
  if (json) return print(JSON.stringify(rows, null, 2));
  const [first] = rows;
  if (!first) return tell('There are none.');
  const lines = [Object.keys(first), ...rows.map((row) => Object.values(row).map(shown))];
  const widths = Object.keys(first).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    print(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function shown(value: Row[string]): string {
  return value === null ? '-' : String(value);
}

/** A moment as ISO 8601 in UTC to the second; null stays null. */
export function moment(date: Date | null): string | null {
  return date ? `${date.toISOString().slice(0, 19)}Z` : null;
}
