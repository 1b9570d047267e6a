/** Characters of a line of fields that are read: more is no recipe. */
const LONGEST_LINE = 65_536;

/** A field of a line such as `Steps: 20, Sampler: Euler a, Model: "a, b"`. */
export interface InfotextField {
  name: string;
  value: string;
}

/** Where a quoted text ends that begins here: behind its last quote, or -1 where that is missing. */
function endOfQuoted(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at + 1;
  }
  return -1;
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/**
 * The fields of the last line of a recipe in AUTOMATIC1111's form (`modules/infotext_utils.py`), in one pass
 * over the line. A quote that is never closed belongs to the value.
 */
export function infotextFields(line: string): InfotextField[] {
  const text = line.slice(0, LONGEST_LINE);
  const fields: InfotextField[] = [];
  let at = 0;
  let isClosed = true;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    if (colon < 0) break;
    const comma = text.indexOf(',', at);
    if (comma >= 0 && comma < colon) {
      at = comma + 1;
      continue;
    }
    const name = text.slice(at, colon).trim();
    let begin = colon + 1;
    while (text[begin] === ' ') begin += 1;
    const end = isClosed && text[begin] === '"' ? endOfQuoted(text, begin) : -1;
    // Without an end of its own no later quote has one either.
    if (text[begin] === '"' && end < 0) isClosed = false;
    const next = text.indexOf(',', Math.max(end, begin));
    const stop = next < 0 ? text.length : next;
    const value = end < 0 ? text.slice(begin, stop).trim() : unquoted(text.slice(begin, end));
    if (name !== '') fields.push({ name, value });
    at = stop + 1;
  }
  return fields;
}
