import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createTestApp, type TestApp } from './app.js';
import { tokenOf, type Reply } from './auth.js';
import { temporaryFolder, type TemporaryFolder } from './folder.js';
import { StandInHub } from './hub.js';
import { jobEnd } from './jobs.js';
import { ModelsClient } from './models.js';

/** How a download ended. */
export interface Outcome {
  status: string;
  code?: string;
  message?: string;
}

/** For each test a hub of its own, and a server that knows it once it is booted. */
export class DownloadServer {
  hub!: StandInHub;
  server!: TestApp;
  token = '';
  readonly models = new ModelsClient(
    () => this.server.app,
    () => this.token,
  );
  private folder!: TemporaryFolder;

  constructor() {
    beforeEach(async () => {
      this.folder = await temporaryFolder();
      this.hub = await StandInHub.start();
    });
    afterEach(async () => {
      this.hub.open();
      await this.server.close();
      await this.hub.stop();
      await this.folder.remove();
    });
  }

  async boot(env: Record<string, string> = {}): Promise<void> {
    this.server = await createTestApp({
      dataDir: this.folder.path,
      env: {
        ATELIER_CIVITAI_URL: this.hub.url,
        ATELIER_CIVITAI_TOKEN: 'the-token-of-civitai',
        ATELIER_HUGGINGFACE_URL: this.hub.url,
        ATELIER_DISK_RESERVE_MB: '1',
        ATELIER_DRAIN_SECONDS: '0',
        ...env,
      },
    });
    this.token = await tokenOf(this.server.app);
  }

  /** The path of a model file on the disk. */
  onDisk(name: string): string {
    return join(this.folder.path, 'models', name);
  }

  /** Names of what is written down of unfinished downloads. */
  states(): Promise<string[]> {
    return readdir(join(this.folder.path, 'downloads'));
  }

  /** Names of all files in the models folder. */
  async files(): Promise<string[]> {
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = await readdir(this.onDisk('.'), options).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  /** Asks for a download, of a LoRA unless the body says otherwise. */
  ask(body: object): Promise<Reply> {
    return this.models.send('POST', '/download', { model_type: 'lora', ...body });
  }

  /** The id of a download that was accepted. */
  async started(body: object): Promise<string> {
    const reply = await this.ask(body);
    if (reply.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(reply.body)}`);
    return reply.body['download_job_id'] as string;
  }

  async outcome(body: object): Promise<Outcome> {
    const { status, error } = await jobEnd(this.server.app, this.token, await this.started(body));
    return { status, ...error };
  }
}
