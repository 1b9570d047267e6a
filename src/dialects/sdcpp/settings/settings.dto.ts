import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsString, MaxLength, ValidateIf } from 'class-validator';
import { Optional } from '../../../common/index.js';

/** Whatever the web UI keeps, as JSON; nothing of it is looked at here. */
export type Kept = Record<string, unknown>;

/** What can be generated in the web UI. */
export const MODES = ['txt2img', 'img2img', 'txt2vid'] as const;

export type Mode = (typeof MODES)[number];

const ANYTHING = { type: 'object', additionalProperties: true } as const;

function KeptObject(): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional(ANYTHING)(target, property);
    Optional()(target, property);
    IsObject({ message: '$property must be an object' })(target, property);
  };
}

function Flag(): PropertyDecorator {
  return (target, property) => {
    ApiPropertyOptional()(target, property);
    Optional()(target, property);
    IsBoolean({ message: '$property must be true or false' })(target, property);
  };
}

/** With what the forms of the web UI begin, for each kind. */
export type Forms = Partial<Record<Mode, Kept>>;

export class SdcppGenerationSettingsDto implements Forms {
  @KeptObject()
  txt2img?: Kept;

  @KeptObject()
  img2img?: Kept;

  @KeptObject()
  txt2vid?: Kept;
}

export class SdcppGenerationSettingsReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ type: SdcppGenerationSettingsDto })
  settings!: SdcppGenerationSettingsDto;
}

export class SdcppModeSettingsReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ enum: MODES })
  mode!: Mode;

  @ApiProperty(ANYTHING)
  preferences!: Kept;
}

/** How the web UI looks and behaves for one user. */
export interface Preferences {
  desktop_notifications?: boolean;
  theme?: string;
  theme_custom?: Kept | null;
  show_option_hints?: boolean;
  lora_settings?: Kept;
  lora_lists?: Kept;
}

export class SdcppPreferencesDto implements Preferences {
  @Flag()
  desktop_notifications?: boolean;

  @ApiPropertyOptional({ maxLength: 100 })
  @Optional()
  @IsString({ message: 'theme must be a text' })
  @MaxLength(100, { message: 'theme must have at most 100 characters' })
  theme?: string;

  @ApiPropertyOptional({ ...ANYTHING, nullable: true })
  @ValidateIf((_, value) => value !== undefined && value !== null)
  @IsObject({ message: 'theme_custom must be an object or null' })
  theme_custom?: Kept | null;

  @Flag()
  show_option_hints?: boolean;

  @KeptObject()
  lora_settings?: Kept;

  @KeptObject()
  lora_lists?: Kept;
}

export class SdcppPreferencesReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ type: SdcppPreferencesDto })
  settings!: SdcppPreferencesDto;

  @ApiProperty({ type: SdcppPreferencesDto, description: 'The same, as older clients read it.' })
  preferences!: SdcppPreferencesDto;
}

export interface OutputSettings {
  output_group_folders: boolean;
}

export class SdcppOutputSettingsDto implements OutputSettings {
  @ApiPropertyOptional({
    description:
      'Whether the outputs of the variations of one prompt are in a folder of their own.',
  })
  @IsBoolean({ message: 'output_group_folders must be true or false' })
  output_group_folders!: boolean;
}

export class SdcppOutputSettingsReplyDto extends SdcppOutputSettingsDto {
  @ApiProperty({ enum: [true] })
  success!: true;
}

export class SdcppDoneDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  message!: string;
}
