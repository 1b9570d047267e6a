import { fetchPicture } from './picture-address.js';

/** Milliseconds after which a browser has begun to write a file for certain. */
const WRITTEN = 60_000;

/** Gives what is at an address to the user as a file of this name. @throws Error where the server refuses it. */
export async function saveFile(address: string, name: string): Promise<void> {
  const own = await fetchPicture(address);
  const link = document.createElement('a');
  link.href = own;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(own), WRITTEN);
}
