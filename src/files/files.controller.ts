import send from '@fastify/send';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/index.js';
import { Describe, NotFoundError } from '../common/index.js';
import { OutputStore } from './output-store.js';

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Seed stable-diffusion-cpp-rest, "File Management": public, because the ids cannot be guessed. */
@ApiTags('files')
@Controller('api/queue/job/:id/output')
export class FilesController {
  constructor(private readonly outputs: OutputStore) {}

  /** The file, whole or in ranges, with ETag and long caching: an output never changes. */
  @Get(':filename')
  @Public()
  @Describe({
    summary: 'Get an output of a job, whole or in ranges',
    files: ['image/png'],
    errors: [new NotFoundError('There is no such file.')],
  })
  async output(
    @Param('id') id: string,
    @Param('filename') filename: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { root, name } = await this.outputs.locate(id, filename);
    const file = await send(request.raw, name, {
      root,
      maxAge: YEAR_MS,
      immutable: true,
      index: false,
    });
    await reply.status(file.statusCode).headers(file.headers).send(file.stream);
  }
}
