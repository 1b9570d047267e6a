import { readFile } from 'node:fs/promises';

const KIB = 1024;

/** Resident memory of another process in bytes; null where the system does not tell. */
export async function residentBytes(pid: number | null): Promise<number | null> {
  if (pid === null) return null;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? null : Number(kib) * KIB;
}
