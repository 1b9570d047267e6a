import { Controller, Get, Inject } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Caller, can, Needs, type Principal } from '../auth/index.js';
import { Describe } from '../common/index.js';
import { RuntimeSettings, type ChangedSettings } from '../settings/index.js';
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
    doc: { type: 'string', description: 'What it does, in a sentence.' },
  },
  required: ['value', 'source', 'name', 'doc'],
  additionalProperties: false,
};

class ChangedSettingsDto implements ChangedSettings {
  @ApiProperty({ example: 'text.assistant' })
  group!: string;

  @ApiProperty({ type: [String], example: ['model'] })
  fields!: string[];
}

export class ConfigDto {
  @ApiProperty({
    description: 'By section and field, as a configuration file has them.',
    type: 'object',
    additionalProperties: { type: 'object', additionalProperties: SETTING as object },
  })
  config!: EffectiveConfig;

  @ApiProperty({
    type: [ChangedSettingsDto],
    description: 'What administrators changed while the server ran; it goes before the above.',
  })
  changed!: ChangedSettings[];
}

/** Seed stable-diffusion-cpp-rest, "System Information". */
@ApiTags('system')
@Controller('api/config')
export class ConfigController {
  constructor(
    @Inject(CONFIG) private readonly effective: Config,
    private readonly settings: RuntimeSettings,
  ) {}

  @Get()
  @Needs('system:read')
  @Describe({
    summary: 'List the settings in force, and where each came from',
    details:
      'Free texts, such as folders, addresses and accounts, and the name of the configuration file are shown to those with `system:manage` only.',
    reply: ConfigDto,
    example: {
      config: {
        server: {
          port: {
            value: 9000,
            source: 'environment',
            name: 'ATELIER_PORT',
            doc: 'TCP port to listen on; 0 takes a free one.',
          },
        },
      },
      changed: [{ group: 'text.assistant', fields: ['model'] }],
    },
  })
  async config(@Caller() caller: Principal): Promise<ConfigDto> {
    const readers = can(caller, 'system:manage') ? 'operators' : 'users';
    return {
      config: effectiveConfig(this.effective, readers),
      changed: await this.settings.changed(),
    };
  }
}
