import type { JobView } from '../../api/client.js';
import { fetchPicture } from '../../lib/picture-address.js';

/** Saves an output under its name. @throws Error where the server refuses it. */
export async function saveOutput({ url, filename }: JobView['outputs'][number]): Promise<void> {
  const [, jobId = ''] = /\/job\/([0-9a-f]{8})/.exec(url) ?? [];
  const address = await fetchPicture(url);
  const link = document.createElement('a');
  link.href = address;
  link.download = [jobId, filename].filter(Boolean).join('-');
  link.click();
  URL.revokeObjectURL(address);
}
