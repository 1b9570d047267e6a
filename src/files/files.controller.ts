import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthRequiredError, Caller, Needs, Public, type Principal } from '../auth/index.js';
import { Describe, NotFoundError, unixSeconds } from '../common/index.js';
import { JobNotFoundError } from '../queue/index.js';
import { LinkDto, LinkReplyDto, OutputQueryDto, OutputRecipeDto } from './files.dto.js';
import {
  LinkRefusedError,
  NoThumbnailError,
  OutputExpiredError,
  PreconditionError,
  RangeError,
} from './files.errors.js';
import { OutputAccess } from './output-access.js';
import { OutputDelivery } from './output-delivery.js';
import { OutputRecipes } from './output-recipes.js';
import { OutputStore } from './output-store.js';
import { THUMBNAIL_ERRORS } from './thumbnails.js';

const EXAMPLE_JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

const CONTENT_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm'];

/**
 * Seed stable-diffusion-cpp-rest, "File Management": two addresses for the same files, open to everybody
 * because the ids cannot be guessed, unless the settings say otherwise.
 */
@ApiTags('files')
@Controller(['api/queue/job/:id/output', 'api/v1/jobs/:id/output'])
export class FilesController {
  constructor(
    private readonly outputs: OutputStore,
    private readonly access: OutputAccess,
    private readonly delivery: OutputDelivery,
    private readonly recipes: OutputRecipes,
  ) {}

  @Get(':filename')
  @Public()
  @Describe({
    summary: 'Get an output of a job, whole or in ranges, or a thumbnail of it',
    details:
      'Understands `Range`, `If-None-Match` and their kin. Where the settings ask for it, the link must be signed, or the caller must be the owner.',
    files: CONTENT_TYPES,
    errors: [
      AuthRequiredError.missing(),
      new NotFoundError('There is no such file.'),
      new LinkRefusedError('missing'),
      new OutputExpiredError(),
      new PreconditionError(),
      new NoThumbnailError(),
      ...THUMBNAIL_ERRORS,
      new RangeError(18_214),
    ],
  })
  async output(
    @Caller() caller: Principal | undefined,
    @Param('id') id: string,
    @Param('filename') filename: string,
    @Query() { thumb, size, ...proof }: OutputQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = { caller, jobId: id, filename, proof };
    const thumbnail = thumb ? { thumbnail: { size } } : {};
    await this.delivery.send({ ...wanted, ...thumbnail }, { request, reply });
  }

  @Post(':filename/link')
  @HttpCode(200)
  @Needs('job:read')
  @Describe({
    summary: 'Make a link that opens an output to whoever has it, for a while',
    reply: LinkReplyDto,
    example: {
      url: `/api/queue/job/${EXAMPLE_JOB}/output/image_0.png?expires=1763703600&signature=mFvYtKq1n1hWcHjzLZk1oQp9v2p3S8kz0m4l1Qd9x2E`,
      expires_at: 1_763_703_600,
      access: 'signed',
    },
    errors: [new JobNotFoundError(EXAMPLE_JOB), new NotFoundError('There is no such file.')],
  })
  async link(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Param('filename') filename: string,
    @Body() { expires_in }: LinkDto,
  ): Promise<LinkReplyDto> {
    const expires = unixSeconds(new Date()) + expires_in;
    const proof = await this.access.sign(caller, id, filename, expires);
    await this.outputs.locate(id, filename);
    const query = `expires=${proof.expires}&signature=${proof.signature}`;
    return {
      url: `/api/queue/job/${id}/output/${encodeURIComponent(filename)}?${query}`,
      expires_at: expires,
      access: this.access.access,
    };
  }

  @Get(':filename/recipe')
  @Needs('job:read')
  @Describe({
    summary: 'Read the recipe that an output holds',
    reply: OutputRecipeDto,
    example: {
      parameters: 'red apple\nSteps: 20, Sampler: euler_a, Seed: 42, Size: 128x128',
      recipe: { version: 1, kind: 'text2img', options: { prompt: 'red apple', seed: 42 } },
    },
    errors: [
      new JobNotFoundError(EXAMPLE_JOB),
      new NotFoundError('There is no such file.'),
      new OutputExpiredError(),
    ],
  })
  recipe(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Param('filename') filename: string,
  ): Promise<OutputRecipeDto> {
    return this.recipes.read(caller, id, filename);
  }
}
