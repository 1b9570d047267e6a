import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/index.js';
import { DIALECTS } from './dialects/index.js';
import { describeApi, documentPath } from './system/index.js';

/** The descriptions of all APIs as the texts of files, by their paths; the same for the same sources. Starts nothing. */
export async function openApiFiles(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-openapi-'));
  try {
    const config = loadConfig({ ATELIER_DATA_DIR: folder });
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(config),
      new FastifyAdapter(),
      { logger: false, preview: true, abortOnError: false },
    );
    const documents = [
      ['docs/openapi.json', describeApi(app)],
      ...DIALECTS.map((dialect) => [`docs/${documentPath(dialect)}`, describeApi(app, dialect)]),
    ] as const;
    return Object.fromEntries(
      documents.map(([path, document]) => [path, `${JSON.stringify(document, null, 2)}\n`]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
