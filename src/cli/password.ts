import { createInterface } from 'node:readline';
import type { ReadStream } from 'node:tty';
import { ValidationError } from '../common/index.js';
import { tell } from './output.js';

const ENTER = /[\r\n]/;
const INTERRUPT = '\u0003';
const END = '\u0004';
const BACKSPACE = new Set(['\u0008', '\u007F']);

/** Reads a line from a terminal without showing it. */
function readHidden(input: ReadStream, question: string): Promise<string> {
  process.stderr.write(question);
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (action: () => void): void => {
      input.off('data', read).setRawMode(false).pause();
      process.stderr.write('\n');
      action();
    };
    const read = (chunk: Buffer): void => {
      for (const letter of chunk.toString()) {
        if (ENTER.test(letter) || letter === END) return finish(() => resolve(text));
        if (letter === INTERRUPT) return finish(() => reject(new Error('Interrupted.')));
        text = BACKSPACE.has(letter) ? text.slice(0, -1) : text + letter;
      }
    };
    input.setRawMode(true).resume().on('data', read);
  });
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

/**
 * A new password: asked for twice on a terminal, without showing it, or the first line of the standard
 * input. Never from the command line, which everybody on the machine can read.
 */
export async function readPassword(): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) return firstLine();
  const password = await readHidden(stdin, 'Password: ');
  const again = await readHidden(stdin, 'Once more: ');
  if (password === again) return password;
  tell('');
  throw new ValidationError([{ field: 'password', message: 'These are not the same.' }]);
}
