import { once } from 'node:events';
import { createServer } from 'node:net';
import { messageOf } from '../../common/index.js';
import type { Config } from '../../config/index.js';
import { broken, good, type Finding } from './finding.js';

const PATIENCE = 2000;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function isAtelier(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/api/health`;
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    return ((await reply.json()) as { status?: string }).status === 'healthy';
  } catch {
    return false;
  }
}

export async function port({ server: { host, port: wanted } }: Config): Promise<Finding> {
  const probe = createServer();
  try {
    probe.listen({ host, port: wanted, exclusive: true });
    await once(probe, 'listening');
    probe.close();
    return good(`Port ${wanted} of ${host} is free.`);
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE' && (await isAtelier(host, wanted)))
      return good(`A server answers on port ${wanted} of ${host}.`);
    const mend = 'Choose another one with ATELIER_PORT.';
    if (codeOf(error) === 'EADDRINUSE')
      return broken(`Another program has port ${wanted} of ${host}.`, mend);
    return broken(`Port ${wanted} of ${host} cannot be opened: ${messageOf(error)}`, mend);
  }
}
