import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { NotFoundError, ValidationError } from '../../../common/index.js';
import { SettingsFullError, SettingTooLargeError } from '../../../settings/index.js';
import { Describe } from '../errors.js';
import {
  MODES,
  SdcppDoneDto,
  SdcppGenerationSettingsDto,
  SdcppGenerationSettingsReplyDto,
  SdcppModeSettingsReplyDto,
  SdcppOutputSettingsDto,
  SdcppOutputSettingsReplyDto,
  SdcppPreferencesDto,
  SdcppPreferencesReplyDto,
  type Kept,
  type Mode,
} from './settings.dto.js';
import { SdcppSettings } from './settings.service.js';

const FORM = { steps: 20, sampler: 'euler_a' };
const FORMS = { txt2img: FORM, img2img: {}, txt2vid: {} };
const LOOKS = { desktop_notifications: false, theme: 'default', theme_custom: null };

const TOO_MUCH = [new SettingTooLargeError(262_144), new SettingsFullError(2_097_152)];

const NO_MODE = new NotFoundError(`There are settings for ${MODES.join(', ')}.`);

function modeOf(text: string): Mode {
  const found = MODES.find((mode) => mode === text);
  if (!found) throw NO_MODE;
  return found;
}

/** What the web UI keeps on the server: here for each user. */
@ApiTags('settings')
@Controller('sdcpp/settings')
export class SdcppSettingsController {
  constructor(private readonly settings: SdcppSettings) {}

  @Get('generation')
  @Needs('job:read')
  @Describe({
    summary: 'With what the forms of the web UI begin',
    reply: SdcppGenerationSettingsDto,
    example: FORMS,
  })
  generation(@Caller() { userId }: Principal): Promise<SdcppGenerationSettingsDto> {
    return this.settings.generation(userId);
  }

  @Put('generation')
  @Needs('job:create')
  @Describe({
    summary: 'Keep with what the forms begin; kinds that are left out stay as they are',
    reply: SdcppGenerationSettingsReplyDto,
    example: { success: true, settings: FORMS },
    errors: TOO_MUCH,
  })
  async changeGeneration(
    @Caller() { userId }: Principal,
    @Body() changes: SdcppGenerationSettingsDto,
  ): Promise<SdcppGenerationSettingsReplyDto> {
    return {
      success: true,
      settings: await this.settings.changeGeneration(userId, changes),
    };
  }

  @Get('generation/:mode')
  @Needs('job:read')
  @Describe({
    summary: 'With what the form of one kind begins',
    schema: { type: 'object', additionalProperties: true },
    example: FORM,
    errors: [NO_MODE],
  })
  async ofMode(@Caller() { userId }: Principal, @Param('mode') mode: string): Promise<Kept> {
    const generation = await this.settings.generation(userId);
    return generation[modeOf(mode)];
  }

  @Put('generation/:mode')
  @Needs('job:create')
  @Describe({
    summary: 'Keep with what the form of one kind begins',
    reply: SdcppModeSettingsReplyDto,
    example: { success: true, mode: 'txt2img', preferences: FORM },
    errors: [NO_MODE, ...TOO_MUCH],
  })
  async changeMode(
    @Caller() { userId }: Principal,
    @Param('mode') name: string,
    @Body() body: unknown,
  ): Promise<SdcppModeSettingsReplyDto> {
    const mode = modeOf(name);
    const preferences = objectOf(body);
    await this.settings.changeGeneration(userId, { [mode]: preferences });
    return { success: true, mode, preferences };
  }

  @Get('preferences')
  @Needs('job:read')
  @Describe({
    summary: 'How the web UI looks and behaves',
    reply: SdcppPreferencesDto,
    example: LOOKS,
  })
  preferences(@Caller() { userId }: Principal): Promise<SdcppPreferencesDto> {
    return this.settings.preferences(userId);
  }

  @Put('preferences')
  @Needs('job:create')
  @Describe({
    summary: 'Keep how the web UI looks and behaves; what is left out stays as it is',
    reply: SdcppPreferencesReplyDto,
    example: { success: true, settings: LOOKS, preferences: LOOKS },
    errors: TOO_MUCH,
  })
  async changePreferences(
    @Caller() { userId }: Principal,
    @Body() changes: SdcppPreferencesDto,
  ): Promise<SdcppPreferencesReplyDto> {
    const settings = await this.settings.changePreferences(userId, changes);
    return { success: true, settings, preferences: settings };
  }

  @Get('output')
  @Needs('job:read')
  @Describe({
    summary: 'How outputs are put into folders',
    reply: SdcppOutputSettingsDto,
    example: { output_group_folders: true },
  })
  output(@Caller() { userId }: Principal): Promise<SdcppOutputSettingsDto> {
    return this.settings.output(userId);
  }

  @Put('output')
  @Needs('job:create')
  @Describe({
    summary: 'Say how outputs are put into folders',
    reply: SdcppOutputSettingsReplyDto,
    example: { success: true, output_group_folders: false },
  })
  async changeOutput(
    @Caller() { userId }: Principal,
    @Body() changes: SdcppOutputSettingsDto,
  ): Promise<SdcppOutputSettingsReplyDto> {
    return { success: true, ...(await this.settings.changeOutput(userId, changes)) };
  }

  @Post('reset')
  @HttpCode(200)
  @Needs('job:create')
  @Describe({
    summary: 'Forget preferences and what the forms begin with',
    reply: SdcppDoneDto,
    example: { success: true, message: 'Settings reset to defaults' },
  })
  async reset(@Caller() { userId }: Principal): Promise<SdcppDoneDto> {
    await this.settings.reset(userId);
    return { success: true, message: 'Settings reset to defaults' };
  }
}

function objectOf(body: unknown): Kept {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Kept;
  throw new ValidationError([{ field: '', message: 'The body must be a JSON object.' }]);
}
