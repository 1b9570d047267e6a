import { outputAddress } from '../../lib/picture-address.js';
import { saveFile } from '../../lib/save-file.js';
import { downloadName, type Output } from './outputs.js';

/**
 * Gives outputs to the user as files, one after the other.
 * @throws Error where the server refuses one.
 */
export async function download(outputs: readonly Output[]): Promise<void> {
  for (const output of outputs)
    await saveFile(outputAddress(output.job_id, output.filename), downloadName(output));
}
