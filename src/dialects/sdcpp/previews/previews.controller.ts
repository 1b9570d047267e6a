import { Body, Controller, Get, Inject, Param, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { NotFoundError } from '../../../common/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import { PreviewPreferences, type PreviewWishes } from '../../../generate/index.js';
import { OwnJobs } from '../../../queue/index.js';
import { Describe } from '../errors.js';
import { SdcppJobNotFoundError } from '../jobs/jobs.errors.js';
import { SdcppJobs } from '../jobs/jobs.service.js';
import { optionsOf, progressOf } from '../jobs/progress.js';
import {
  SdcppPreviewChangesDto,
  SdcppPreviewSettingsDto,
  SdcppPreviewSettingsReplyDto,
  type PreviewSettings,
} from './previews.dto.js';

/** 404: none was made yet, or the job does not run. */
const NO_PREVIEW = new NotFoundError('No preview available');

/** What the document says of a server of which nothing was asked yet. */
const STANDARD: PreviewSettings = {
  enabled: true,
  mode: 'tae',
  interval: 1,
  max_size: 256,
  quality: 75,
};

/** Seed sdcpp-restapi, "Preview Settings": here each user's own. */
@ApiTags('previews')
@Controller('sdcpp')
export class SdcppPreviewsController {
  constructor(
    private readonly previews: PreviewPreferences,
    private readonly jobs: SdcppJobs,
    private readonly own: OwnJobs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('preview/settings')
  @Needs('job:read')
  @Describe({
    summary: "How the previews of one's own jobs are to be",
    details:
      'While nothing was set, the server chooses what suits the model, and makes previews while somebody watches. Those who have set `enabled` get them whether they watch or not. `enabled` is false where the server makes none at all.',
    reply: SdcppPreviewSettingsDto,
    example: STANDARD,
  })
  async show(@Caller() { userId }: Principal): Promise<SdcppPreviewSettingsDto> {
    return this.inForce(await this.previews.of(userId));
  }

  @Put('preview/settings')
  @Needs('job:create')
  @Describe({
    summary: "Say how the previews of one's own jobs are to be",
    details: 'Counts for every job that begins from then on. What is left out stays as it is.',
    reply: SdcppPreviewSettingsReplyDto,
    example: { success: true, settings: STANDARD },
  })
  async change(
    @Caller() { userId }: Principal,
    @Body() { max_size: maxSize, ...changes }: SdcppPreviewChangesDto,
  ): Promise<SdcppPreviewSettingsReplyDto> {
    const wishes = { ...changes, ...(maxSize === undefined ? {} : { maxSize }) };
    return { success: true, settings: this.inForce(await this.previews.change(userId, wishes)) };
  }

  @Get('jobs/:job_id/preview')
  @Needs('job:read')
  @Describe({
    summary: 'The latest preview of a job in progress',
    details: '`X-Preview-Width`, `X-Preview-Height` and `X-Preview-Step` say what it is.',
    files: ['image/jpeg'],
    errors: [new SdcppJobNotFoundError(), NO_PREVIEW],
  })
  async latest(
    @Caller() caller: Principal,
    @Param('job_id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.jobs.find(caller, id);
    const preview = this.own.preview(job.id);
    if (!preview) throw NO_PREVIEW;
    const { status, total_steps } = job;
    const then = { status, total_steps, current_step: preview.step };
    const { step } = progressOf(then, optionsOf(job.parameters));
    await reply
      .headers({
        'content-type': 'image/jpeg',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'x-preview-width': String(preview.width),
        'x-preview-height': String(preview.height),
        'x-preview-step': String(step),
      })
      .send(Buffer.from(preview.jpeg));
  }

  private inForce({ maxSize, ...wishes }: PreviewWishes): PreviewSettings {
    const enabled = this.config.generate.previews && (wishes.enabled ?? STANDARD.enabled);
    return { ...STANDARD, ...wishes, max_size: maxSize ?? STANDARD.max_size, enabled };
  }
}
