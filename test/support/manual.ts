import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/common/index.js';

/**
 * The first example on a page of the manual.
 * @param said what stands there for something of the reader's own, and what it is here
 */
export async function exampleIn(
  page: string,
  language: string,
  said: Record<string, string>,
): Promise<string> {
  const text = await readFile(join(PACKAGE_ROOT, 'docs', page), 'utf8');
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(text) ?? [];
  return Object.entries(said).reduce((own, [theirs, ours]) => own.replaceAll(theirs, ours), code);
}
