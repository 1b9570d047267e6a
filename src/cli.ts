#!/usr/bin/env node
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { runCli, type House } from './cli/index.js';
import type { Config } from './config/index.js';
import { serve } from './serve.js';

/** An application that was never initialised: its services are there, and nothing has begun to work. */
async function open(config: Config): Promise<House> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with(config),
    new FastifyAdapter(),
    { logger: ['error', 'fatal'], abortOnError: false },
  );
  return {
    get: (service) => app.get(service, { strict: false }),
    close: () => app.close(),
  };
}

await runCli({ serve, open });
