import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { ValidationError } from '../../../common/index.js';
import { IdleModels, type IdleSettings } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { SdcppAutoUnloadChangesDto, SdcppAutoUnloadDto } from './auto-unload.dto.js';

/** There is no model of this kind here that could be unloaded. */
const NOT_HERE = { enabled: false, timeout_minutes: 30 };

const EXAMPLE: SdcppAutoUnloadDto = {
  main: { enabled: true, timeout_minutes: 30 },
  upscaler: { enabled: true, timeout_minutes: 30 },
  adetailer: NOT_HERE,
};

function toSettings(rules: IdleSettings): SdcppAutoUnloadDto {
  return {
    main: { enabled: rules.drawing, timeout_minutes: rules.drawingMinutes },
    upscaler: { enabled: rules.enlarging, timeout_minutes: rules.enlargingMinutes },
    adetailer: NOT_HERE,
  };
}

/** Whether models that nobody uses are unloaded: for all users, because all share the memory. */
@ApiTags('settings')
@Controller('sdcpp/settings/auto-unload')
export class SdcppAutoUnloadController {
  constructor(private readonly idle: IdleModels) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'Whether, and after how long, models are unloaded that nobody uses',
    details:
      'An unloaded model is loaded again when somebody who has chosen it asks for a picture.',
    reply: SdcppAutoUnloadDto,
    example: EXAMPLE,
  })
  async show(): Promise<SdcppAutoUnloadDto> {
    return toSettings(await this.idle.rules());
  }

  @Put()
  @Needs('model:manage')
  @Describe({
    summary: 'Say whether, and after how long, models are unloaded that nobody uses',
    details: 'For everybody. What is left out stays as it is.',
    reply: SdcppAutoUnloadDto,
    example: EXAMPLE,
  })
  async change(
    @Caller() caller: Principal,
    @Client() { address }: LoginClient,
    @Body() { main, upscaler, adetailer }: SdcppAutoUnloadChangesDto,
  ): Promise<SdcppAutoUnloadDto> {
    if (adetailer?.enabled) {
      const message = 'adetailer.enabled must be false: there is no ADetailer here.';
      throw new ValidationError([{ field: 'adetailer.enabled', message }]);
    }
    const changes = {
      drawing: main?.enabled,
      drawingMinutes: main?.timeout_minutes,
      enlarging: upscaler?.enabled,
      enlargingMinutes: upscaler?.timeout_minutes,
    };
    return toSettings(await this.idle.change(changes, { caller, address }));
  }
}
