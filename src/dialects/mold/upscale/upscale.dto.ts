import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, MaxLength, Min } from 'class-validator';
import { Optional } from '../../../common/index.js';
import { PICTURE_FORMATS, type PictureFormat } from '../../../files/index.js';

/** A picture that is to be larger. */
export class MoldUpscaleDto {
  @ApiPropertyOptional({
    maxLength: 1000,
    description: 'An upscaler, with or without a tag; else the default one.',
    example: 'real-esrgan-x4plus:fp16',
  })
  @Optional()
  @IsString({ message: 'model must be the name of an upscaler' })
  @MaxLength(1000)
  model?: string;

  @ApiProperty({ description: 'In base64.' })
  @IsString({ message: 'image must be a picture in base64' })
  image!: string;

  @ApiPropertyOptional({ enum: PICTURE_FORMATS, default: 'png' })
  @Optional()
  @IsIn(PICTURE_FORMATS, { message: `output_format must be one of ${PICTURE_FORMATS.join(', ')}` })
  output_format?: PictureFormat;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Pixels; 0: no tiles.' })
  @Optional()
  @IsInt({ message: 'tile_size must be a whole number' })
  @Min(0)
  tile_size?: number;
}
