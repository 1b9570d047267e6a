import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/index.js';
import { describeApi } from './system/index.js';

/** The description of the API as the text of a file; the same for the same sources. Starts nothing. */
export async function openApiFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-openapi-'));
  try {
    const config = loadConfig({ ATELIER_DATA_DIR: folder });
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(config),
      new FastifyAdapter(),
      { logger: false, preview: true, abortOnError: false },
    );
    return `${JSON.stringify(describeApi(app), null, 2)}\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
