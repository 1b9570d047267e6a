import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { Optional } from '../../../common/index.js';
import { PREVIEW_MODES, type PreviewMode } from '../../../generate/index.js';

const INTERVAL = { minimum: 1, maximum: 100 } as const;
const MAX_SIZE = { minimum: 64, maximum: 1024 } as const;
const QUALITY = { minimum: 1, maximum: 100 } as const;

/** Seed sdcpp-restapi, "Preview Settings". */
export interface PreviewSettings {
  enabled: boolean;
  mode: PreviewMode;
  interval: number;
  max_size: number;
  quality: number;
}

export class SdcppPreviewSettingsDto implements PreviewSettings {
  @ApiProperty({ description: 'Whether pictures in the making are shown.' })
  enabled!: boolean;

  @ApiProperty({ enum: PREVIEW_MODES })
  mode!: PreviewMode;

  @ApiProperty({ type: 'integer', ...INTERVAL, description: 'Steps from one to the next.' })
  interval!: number;

  @ApiProperty({ type: 'integer', ...MAX_SIZE, description: 'Longest side in pixels.' })
  max_size!: number;

  @ApiProperty({ type: 'integer', ...QUALITY, description: 'Quality of the JPEG.' })
  quality!: number;
}

/** A whole number between two others. */
function Bounded({ minimum, maximum }: { minimum: number; maximum: number }): PropertyDecorator {
  const message = `$property must be a whole number from ${minimum} to ${maximum}`;
  return (target, property) => {
    ApiPropertyOptional({ type: 'integer', minimum, maximum })(target, property);
    Optional()(target, property);
    IsInt({ message })(target, property);
    Min(minimum, { message })(target, property);
    Max(maximum, { message })(target, property);
  };
}

export class SdcppPreviewChangesDto {
  @ApiPropertyOptional()
  @Optional()
  @IsBoolean({ message: 'enabled must be true or false' })
  enabled?: boolean;

  @ApiPropertyOptional({ enum: PREVIEW_MODES })
  @Optional()
  @IsIn(PREVIEW_MODES, { message: `mode must be one of ${PREVIEW_MODES.join(', ')}` })
  mode?: PreviewMode;

  @Bounded(INTERVAL)
  interval?: number;

  @Bounded(MAX_SIZE)
  max_size?: number;

  @Bounded(QUALITY)
  quality?: number;
}

export class SdcppPreviewSettingsReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ type: SdcppPreviewSettingsDto })
  settings!: SdcppPreviewSettingsDto;
}
