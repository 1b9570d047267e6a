import { basename } from 'node:path';

/** What stands between the words of a message: no path that is shortened here has it inside. */
const WORD = /[^\s'"`()<>,;|]+/g;

/** What may stand before a path within a word, as in `file=/models/a.gguf`; `//` begins an address. */
const BEFORE_PATH = ':=[{';

function withoutPath(word: string): string {
  const start = word.indexOf('/');
  const isPath =
    start >= 0 &&
    (start === 0 || BEFORE_PATH.includes(word.charAt(start - 1))) &&
    word.charAt(start + 1) !== '/';
  return isPath ? `${word.slice(0, start)}${basename(word.slice(start))}` : word;
}

/**
 * A message with file names in place of absolute paths, for callers who need not know how the disk is laid
 * out; the log has the whole message.
 */
export function withoutPaths(message: string): string {
  return message.replaceAll(WORD, withoutPath);
}
