import { shallowRef } from 'vue';
import { credentialHeaders } from '../api/credential.js';

/** Below the API: an output of a job, or a thumbnail of it with `size` pixels (50 to 500) on its longer side. */
export function outputAddress(jobId: string, filename: string, size?: number): string {
  const address = `/api/queue/job/${jobId}/output/${encodeURIComponent(filename)}`;
  return size === undefined ? address : `${address}?thumb=true&size=${size}`;
}

/** Whether outputs want our credential, which an `<img>` cannot show (ATELIER_FILES_ACCESS). */
export const outputsArePrivate = shallowRef(false);

/**
 * An output as an address of this page only, for where it wants the credential; to be revoked by whoever asks.
 * @throws Error where the server refuses it.
 */
export async function fetchPicture(address: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(address, { headers: credentialHeaders(), signal });
  if (!response.ok) throw new Error(`The server answered with ${response.status}.`);
  return URL.createObjectURL(await response.blob());
}
