import { Controller, Delete, Get, HttpCode, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthRequiredError, Caller, Needs, Public, type Principal } from '../../../auth/index.js';
import { NotFoundError } from '../../../common/index.js';
import {
  LinkRefusedError,
  NoThumbnailError,
  OutputDelivery,
  OutputExpiredError,
  PreconditionError,
  RangeError,
  THUMBNAIL_ERRORS,
} from '../../../files/index.js';
import { JobNotFoundError, RecycleBin } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { COUNT, FLAG, object, TEXT } from '../schemas.js';
import { MoldGallery, PictureNotFoundError, placeOf } from './gallery.service.js';

const NUMBER = { type: 'number' };

const METADATA = object(
  {
    prompt: TEXT,
    model: TEXT,
    seed: COUNT,
    steps: COUNT,
    guidance: NUMBER,
    width: COUNT,
    height: COUNT,
    version: TEXT,
    job_id: TEXT,
  },
  {
    negative_prompt: TEXT,
    original_prompt: TEXT,
    strength: NUMBER,
    scheduler: TEXT,
    frames: COUNT,
    fps: COUNT,
  },
);

const ENTRY = object({
  filename: TEXT,
  metadata: METADATA,
  timestamp: { ...COUNT, description: 'Unix time in seconds.' },
  format: TEXT,
  size_bytes: COUNT,
  metadata_synthetic: FLAG,
});

const JOB = '0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44';

/** Pixels of the longer side of a thumbnail. */
const THUMBNAIL = 256;

const FILE_ERRORS = [
  AuthRequiredError.missing(),
  new PictureNotFoundError(),
  new LinkRefusedError('missing'),
  new OutputExpiredError(),
  new PreconditionError(),
  new RangeError(18_214),
];

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm'];

/** What is not found has a body: without one, mold's clients would take the route for missing. */
async function asPicture<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof JobNotFoundError)
      throw new PictureNotFoundError();
    throw error;
  }
}

/** What mold's clients show of what was made. */
@ApiTags('gallery')
@Controller('mold/api/gallery')
export class MoldGalleryController {
  constructor(
    private readonly gallery: MoldGallery,
    private readonly delivery: OutputDelivery,
    private readonly bin: RecycleBin,
  ) {}

  @Get()
  @Needs('job:read')
  @Describe({
    summary: 'The pictures and videos of the caller',
    details: 'The newest first, of the last 500 jobs.',
    schema: { type: 'array', items: ENTRY },
    example: [
      {
        filename: `${JOB}-image_0.png`,
        metadata: {
          prompt: 'a glowing robot',
          model: 'flux-schnell:q8',
          seed: 42,
          steps: 4,
          guidance: 1,
          width: 1024,
          height: 1024,
          version: '1.0.0',
          job_id: JOB,
        },
        timestamp: 1_763_700_000,
        format: 'png',
        size_bytes: 1_482_911,
        metadata_synthetic: false,
      },
    ],
  })
  list(@Caller() caller: Principal): Promise<object[]> {
    return this.gallery.list(caller);
  }

  @Get('image/:filename')
  @Public()
  @Describe({
    summary: 'A picture or video',
    details: 'Open to whoever the settings of the server let have outputs.',
    files: TYPES,
    errors: FILE_ERRORS,
  })
  image(
    @Caller() caller: Principal | undefined,
    @Param('filename') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = { caller, ...placeOf(name), proof: {} };
    return asPicture(this.delivery.send(wanted, { request, reply }));
  }

  @Get('thumbnail/:filename')
  @Public()
  @Describe({
    summary: 'A small version of it',
    details: 'Open to whoever the settings of the server let have outputs.',
    files: TYPES,
    errors: [...FILE_ERRORS, new NoThumbnailError(), ...THUMBNAIL_ERRORS],
  })
  thumbnail(
    @Caller() caller: Principal | undefined,
    @Param('filename') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = { caller, ...placeOf(name), proof: {}, thumbnail: { size: THUMBNAIL } };
    return asPicture(this.delivery.send(wanted, { request, reply }));
  }

  @Delete('image/:filename')
  @HttpCode(204)
  @Needs('job:delete')
  @Describe({
    summary: 'Delete a picture',
    details: 'Its job is deleted, with all pictures that it made.',
    status: 204,
    files: [],
    errors: [new PictureNotFoundError()],
  })
  remove(@Caller() caller: Principal, @Param('filename') name: string): Promise<void> {
    return asPicture(this.bin.delete(caller, placeOf(name).jobId));
  }
}
