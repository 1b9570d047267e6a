import { join } from 'node:path';
import { until } from './until.js';
import type { TestServer } from './server.js';

/** Environment of a server whose event loop is watched. */
export const PROBED = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'loop-probe.mjs')}` };

const ADDRESS = /Loop probe on (http:\/\/127\.0\.0\.1:\d+)/;

/** Watches the event loop of a server that was started with {@link PROBED}. */
export class LoopProbe {
  private constructor(private readonly url: string) {}

  static async of(server: TestServer): Promise<LoopProbe> {
    const url = await until('the loop probe', 10_000, () => ADDRESS.exec(server.log)?.[1]);
    return new LoopProbe(url);
  }

  /** Milliseconds of processor time of the longest block since the last call. */
  async take(): Promise<number> {
    return Number(await (await fetch(this.url)).text());
  }
}
