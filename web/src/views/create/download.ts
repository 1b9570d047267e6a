import type { JobView } from '../../api/client.js';
import { saveFile } from '../../lib/save-file.js';

/** Saves an output under its name. @throws Error where the server refuses it. */
export async function saveOutput({ url, filename }: JobView['outputs'][number]): Promise<void> {
  const [, jobId = ''] = /\/job\/([0-9a-f]{8})/.exec(url) ?? [];
  await saveFile(url, [jobId, filename].filter(Boolean).join('-'));
}
