const FIELD = /\s*([\w ./-]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/g;

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value.trim();
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** The fields of a recipe as the original reads it (`modules/infotext_utils.py`); empty for another text. */
export function parseInfotext(text: string): Record<string, string> {
  if (!text.includes('Steps: ')) return {};
  const lines = text.trim().split('\n');
  const last = lines.pop() ?? '';
  const at = lines.findIndex((line) => line.startsWith('Negative prompt:'));
  const positive = at < 0 ? lines : lines.slice(0, at);
  const negative = at < 0 ? [] : lines.slice(at);
  const fields = Array.from(last.matchAll(FIELD), ([, name = '', value = '']) => [
    name.trim(),
    unquoted(value),
  ]);
  return {
    Prompt: positive.join('\n'),
    'Negative prompt': negative.join('\n').replace(/^Negative prompt:\s*/, ''),
    ...(Object.fromEntries(fields) as Record<string, string>),
  };
}
