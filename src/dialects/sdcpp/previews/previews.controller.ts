import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { CONFIG, type Config } from '../../../config/index.js';
import { PreviewPreferences, type PreviewWishes } from '../../../generate/index.js';
import { Describe } from '../errors.js';
import {
  SdcppPreviewChangesDto,
  SdcppPreviewSettingsDto,
  SdcppPreviewSettingsReplyDto,
  type PreviewSettings,
} from './previews.dto.js';

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
@Controller('sdcpp/preview/settings')
export class SdcppPreviewsController {
  constructor(
    private readonly previews: PreviewPreferences,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
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

  @Put()
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

  private inForce({ maxSize, ...wishes }: PreviewWishes): PreviewSettings {
    const enabled = this.config.generate.previews && (wishes.enabled ?? STANDARD.enabled);
    return { ...STANDARD, ...wishes, max_size: maxSize ?? STANDARD.max_size, enabled };
  }
}
