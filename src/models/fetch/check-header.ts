import { messageOf } from '../../common/index.js';
import { HeaderError } from '../headers/header.js';
import { withHeaders } from '../headers/headers.js';
import { isPickle } from '../walk.js';
import { DamagedModelError } from './fetch.errors.js';

/**
 * Whether a file is what its name says and whole, as far as its header tells; pickles are not looked into.
 * @param name as which it is to be kept
 * @throws DamagedModelError
 */
export async function checkHeader(path: string, name: string): Promise<void> {
  if (isPickle(name)) return;
  try {
    await withHeaders('check', path);
  } catch (error) {
    if (error instanceof HeaderError) throw new DamagedModelError(name, messageOf(error));
    throw error;
  }
}
