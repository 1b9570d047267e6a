import { fetchPicture, outputAddress } from '../../lib/picture-address.js';
import { downloadName, type Output } from './outputs.js';

/** Milliseconds after which a browser has begun to write a file for certain. */
const WRITTEN = 60_000;

/**
 * Gives outputs to the user as files, one after the other.
 * @throws Error where the server refuses one.
 */
export async function download(outputs: readonly Output[]): Promise<void> {
  for (const output of outputs) {
    const address = await fetchPicture(outputAddress(output.job_id, output.filename));
    const link = document.createElement('a');
    link.href = address;
    link.download = downloadName(output);
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(address), WRITTEN);
  }
}
