import { readFile, writeFile } from 'node:fs/promises';

async function statusOf(pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`Process ${pid} has no ${field}.`);
  return Number(kib) / 1024;
}

/** Sets the peak of a process back to what it has now (proc_pid_clear_refs(5)), and gives how to read it, in MiB. */
export async function watchPeak(pid: number): Promise<() => Promise<number>> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
  const before = await statusOf(pid, 'VmRSS');
  return async () => (await statusOf(pid, 'VmHWM')) - before;
}
