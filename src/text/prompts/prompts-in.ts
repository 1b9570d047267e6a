/** Numbers and marks before an entry of a list that was written as text. */
const BULLET = /^\s*(?:\d{1,2}[.):]|[-*•])\s+/;

function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => (Array.isArray(inner) ? strings(inner) : []));
}

function jsonIn(answer: string): string[] {
  for (const [open, close] of [
    ['[', ']'],
    ['{', '}'],
  ] as const) {
    const from = answer.indexOf(open);
    const to = answer.lastIndexOf(close);
    if (from < 0 || to <= from) continue;
    try {
      const found = strings(JSON.parse(answer.slice(from, to + 1)));
      if (found.length > 0) return found;
    } catch {
      // Not this one: a model that was asked for JSON may have written a list.
    }
  }
  return [];
}

/** The prompts in an answer that was to be a JSON array of texts, and may be a list of lines. Each once. */
export function promptsIn(answer: string): string[] {
  const found = jsonIn(answer);
  const lines = answer
    .split('\n')
    .filter((line) => BULLET.test(line))
    .map((line) => line.replace(BULLET, ''));
  const prompts = found.length > 0 ? found : lines;
  return [...new Set(prompts.map((prompt) => prompt.trim()).filter(Boolean))];
}
