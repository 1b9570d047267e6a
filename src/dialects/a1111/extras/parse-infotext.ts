import { infotextFields } from '../../../common/index.js';

/** Characters of a text that is read as a recipe; a longer one is none. */
const LONGEST = 1_000_000;

const NEGATIVE = 'Negative prompt:';

/** The fields of a recipe as the original reads it (`modules/infotext_utils.py`); empty for another text. */
export function parseInfotext(text: string): Record<string, string> {
  if (text.length > LONGEST || !text.includes('Steps: ')) return {};
  const lines = text.trim().split('\n');
  const last = lines.pop() ?? '';
  const at = lines.findIndex((line) => line.startsWith(NEGATIVE));
  const positive = at < 0 ? lines : lines.slice(0, at);
  const negative = at < 0 ? '' : lines.slice(at).join('\n').slice(NEGATIVE.length).trimStart();
  const fields = infotextFields(last).map(({ name, value }) => [name, value] as const);
  return {
    Prompt: positive.join('\n'),
    'Negative prompt': negative,
    ...Object.fromEntries(fields),
  };
}
