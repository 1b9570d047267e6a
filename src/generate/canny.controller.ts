import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, MinLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../auth/index.js';
import { LargeBody } from '../bodies/index.js';
import {
  ConcurrencyLimiter,
  Describe,
  hangUpOf,
  ServerBusyError,
  TooManyRequestsError,
  ValidationError,
  type ConcurrencyLimits,
} from '../common/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../engine/index.js';
import { encodePng } from '../files/index.js';
import { InputPictures } from './input-pictures.js';

/** Shortest side in pixels that the engine finds edges in. */
const SHORTEST_SIDE = 4;

/**
 * The engine does one thing at a time, so that one image waits for it and the others wait undecoded. Apart from
 * other work on images, which must not wait until the engine has drawn.
 */
const LIMITS: ConcurrencyLimits = {
  work: 'find edges',
  atOnce: 1,
  atOncePerCaller: 1,
  waitingPerCaller: 4,
  waiting: 16,
  retryAfterSeconds: 5,
};

class CannyDto {
  @ApiProperty({
    description: 'Base64, a data URL, or `job:<job id>/<filename>` of an earlier output.',
  })
  @IsString({ message: 'image must be a picture in base64, or a data URL of one' })
  @MinLength(1, { message: 'image must be a picture in base64, or a data URL of one' })
  image!: string;
}

/** What `canny: true` gives ControlNet, to be looked at before. */
@ApiTags('utilities')
@LargeBody()
@Controller('api/image')
export class CannyController {
  private readonly limiter = new ConcurrencyLimiter(LIMITS);

  constructor(
    private readonly pictures: InputPictures,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
  ) {}

  @Post('canny')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Find the edges of a picture, as ControlNet is given them',
    details: 'White on black, in the same size. Waits for what the engine is doing.',
    files: ['image/png'],
    errors: [
      new TooManyRequestsError(LIMITS.work, LIMITS.retryAfterSeconds),
      new ServerBusyError(LIMITS.work, LIMITS.retryAfterSeconds),
    ],
  })
  async canny(
    @Caller() caller: Principal,
    @Body() { image }: CannyDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const png = await this.limiter.run(
      caller.userId,
      () => this.edges(caller, image),
      hangUpOf(reply.raw),
    );
    await reply.type('image/png').send(png);
  }

  private async edges(caller: Principal, image: string): Promise<Buffer> {
    const picture = await this.pictures.lookAt(caller, 'image', image);
    if (Math.min(picture.width, picture.height) < SHORTEST_SIDE) {
      const message = `image must be at least ${SHORTEST_SIDE} pixels wide and high.`;
      throw new ValidationError([{ field: 'image', message }]);
    }
    const { data, width, height, channels } = await this.engine.canny(picture);
    return encodePng({ data, width, height, channels }, {});
  }
}
