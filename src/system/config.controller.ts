import { Controller, Get, Inject } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { CONFIG, effectiveConfig, type Config, type EffectiveConfig } from '../config/index.js';

const SETTING = {
  type: 'object',
  properties: {
    value: { description: 'A secret that is set is shown as asterisks.' },
    source: { type: 'string', enum: ['command line', 'environment', 'file', 'default'] },
    name: {
      type: ['string', 'null'],
      description: 'The flag, the variable, or the field and its file; null for a default.',
    },
  },
  required: ['value', 'source', 'name'],
  additionalProperties: false,
};

export class ConfigDto {
  @ApiProperty({
    description: 'By section and field, as a configuration file has them.',
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: SETTING as object },
  })
  config!: EffectiveConfig;
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/config')
export class ConfigController {
  constructor(@Inject(CONFIG) private readonly effective: Config) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'The settings in force, and where each came from',
    reply: ConfigDto,
    example: {
      config: {
        server: {
          host: { value: '0.0.0.0', source: 'default', name: null },
          port: { value: 9000, source: 'environment', name: 'ATELIER_PORT' },
        },
        auth: {
          jwt_secret: { value: '********', source: 'command line', name: '--jwt-secret-file' },
        },
      },
    },
  })
  config(): ConfigDto {
    return { config: effectiveConfig(this.effective) };
  }
}
