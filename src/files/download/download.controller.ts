import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/index.js';
import { Describe } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import {
  AddressRefusedError,
  DownloadFailedError,
  DownloadTooLargeError,
  NotAPictureError,
  TooManyDownloadsError,
} from './download.errors.js';
import { RateLimit } from './rate-limit.js';
import { RemotePictures } from './remote-pictures.js';

const MINUTE_MS = 60_000;

/** How many downloads there are at once, for everybody together; each may fill its bound of memory. */
const AT_ONCE = 8;
const BUSY_SECONDS = 5;

const LONGEST_URL = 4096;

export class DownloadQueryDto {
  @ApiProperty({ example: 'https://example.org/picture.png', maxLength: LONGEST_URL })
  @IsString({ message: 'url must be the address of a picture' })
  @Length(1, LONGEST_URL, { message: `url must have 1 to ${LONGEST_URL} characters` })
  url!: string;
}

/** Seed stable-diffusion-cpp-rest, "File Management": pictures from elsewhere, for pages that may not fetch them. */
@ApiTags('files')
@Controller('api/image')
export class DownloadController {
  private readonly rate: RateLimit;
  private active = 0;

  constructor(
    private readonly pictures: RemotePictures,
    @Inject(CONFIG) config: Config,
  ) {
    this.rate = new RateLimit(config.files.downloadsPerMinute, MINUTE_MS);
  }

  @Get('download')
  @Public()
  @Describe({
    summary: 'Download a picture from another server',
    details:
      'From public addresses only, followed over three redirects at most. What comes back is a whole picture, by its own bytes.',
    files: ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'],
    errors: [
      new AddressRefusedError(),
      new DownloadTooLargeError(32),
      new NotAPictureError(),
      new DownloadFailedError('the other server cannot be reached'),
      new TooManyDownloadsError(12),
    ],
  })
  async download(
    @Query() { url }: DownloadQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.takeTurn(request.ip);
    this.active += 1;
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    reply.raw.once('close', leave);
    try {
      const { data, contentType } = await this.pictures.get(url, gone.signal);
      await reply
        .headers({
          'content-type': contentType,
          'access-control-allow-origin': '*',
          'cache-control': 'private, max-age=300',
          'content-security-policy': "default-src 'none'; sandbox",
          'x-content-type-options': 'nosniff',
        })
        .send(data);
    } finally {
      reply.raw.off('close', leave);
      this.active -= 1;
    }
  }

  private takeTurn(address: string): void {
    const seconds = this.rate.use(address);
    if (seconds > 0) throw new TooManyDownloadsError(seconds);
    if (this.active >= AT_ONCE) throw new TooManyDownloadsError(BUSY_SECONDS);
  }
}
