import { readdir, readFile } from 'node:fs/promises';

const KIB = 1024;

function readProc(path: string): Promise<string> {
  return readFile(`/proc/${path}`, 'utf8').catch(() => '');
}

/** Ids of the processes that a process has started and that still are (Linux only). */
export async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readProc(`${pid}/task/${task}/children`)));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Resident memory of a process in bytes; 0 when it is gone. */
export async function residentBytes(pid: number): Promise<number> {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(await readProc(`${pid}/status`)) ?? [];
  return Number(kib) * KIB;
}

/** Whether a process still is; one that only waits for its parent to take note of its end is not. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readProc(`${pid}/stat`);
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  return state !== '' && state !== 'Z' && state !== 'X';
}

/**
 * Milliseconds that a process's main thread was ready to run while others had the processor: how much
 * faster it would have been on an idle machine. 0 where the kernel does not count it.
 */
export async function waitedForProcessor(pid: number): Promise<number> {
  const [, nanoseconds = '0'] = (await readProc(`${pid}/task/${pid}/schedstat`)).split(' ');
  return Number(nanoseconds) / 1e6;
}

/** The command line of a process, its words parted by spaces; empty when it is gone. */
export async function commandOf(pid: number): Promise<string> {
  return (await readProc(`${pid}/cmdline`)).replaceAll('\0', ' ');
}
