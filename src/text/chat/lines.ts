import { TextError } from '../text.errors.js';

/** Characters of a line; a server that sends more without an end sends no answer. */
const LONGEST_LINE = 1_048_576;

/**
 * The lines of a stream of UTF-8, without their ends; the last one too where it has none.
 * @throws TextError for a line without end
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    parts.push(first);
    length += first.length;
    if (length > LONGEST_LINE) throw TextError.badAnswer('has a line that does not end');
    for (const other of others) {
      yield parts.join('').trimEnd();
      parts = [other];
      length = other.length;
    }
  }
  const rest = parts.join('') + decoder.decode();
  if (rest !== '') yield rest.trimEnd();
}
