import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import type { Config } from '../config/index.js';

/** Sides of thumbnails, in pixels (seed stable-diffusion-cpp-rest, "File Management"). */
const SMALLEST = 50;
const LARGEST = 500;
const USUAL = 200;

/** Seconds that a link is good for. */
const SHORTEST_LINK = 60;
const LONGEST_LINK = 7 * 24 * 3600;
const USUAL_LINK = 3600;

/** Unix seconds of the year 9999. */
const END_OF_TIME = 253_402_300_799;

function truth({ value }: { value: unknown }): unknown {
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : value;
}

function integer({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^-?\d{1,12}$/.test(value) ? Number(value) : value;
}

export class OutputQueryDto {
  @ApiPropertyOptional({ description: 'A small WebP instead of the file.' })
  @IsOptional()
  @Transform(truth)
  @IsBoolean({ message: 'thumb must be true or false' })
  thumb?: boolean;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: SMALLEST,
    maximum: LARGEST,
    default: USUAL,
    description: 'Longer side of the thumbnail, in pixels.',
  })
  @Transform(integer)
  @IsInt({ message: 'size must be a whole number' })
  @Min(SMALLEST, { message: `size must be ${SMALLEST} or more` })
  @Max(LARGEST, { message: `size must be ${LARGEST} or less` })
  size = USUAL;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Of a signed link: until when it is good, in Unix seconds.',
  })
  @IsOptional()
  @Transform(integer)
  @IsInt({ message: 'expires must be a Unix time in seconds' })
  @Min(0, { message: 'expires must be a Unix time in seconds' })
  @Max(END_OF_TIME, { message: 'expires must be a Unix time in seconds' })
  expires?: number;

  @ApiPropertyOptional({ description: 'Of a signed link: what proves it.' })
  @IsOptional()
  @IsString({ message: 'signature must be a text' })
  @Length(1, 160, { message: 'signature must have 1 to 160 characters' })
  signature?: string;
}

export class LinkDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: SHORTEST_LINK,
    maximum: LONGEST_LINK,
    default: USUAL_LINK,
    description: 'Seconds that the link is good for.',
  })
  @IsInt({ message: 'expires_in must be a whole number' })
  @Min(SHORTEST_LINK, { message: `expires_in must be ${SHORTEST_LINK} or more` })
  @Max(LONGEST_LINK, { message: `expires_in must be ${LONGEST_LINK} or less` })
  expires_in = USUAL_LINK;
}

export class LinkReplyDto {
  @ApiProperty({ description: 'Path on this server, with the signature.' })
  url!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  expires_at!: number;

  @ApiProperty({
    enum: ['public', 'signed', 'owner'],
    description:
      'Who may fetch outputs here: only with `signed` does it take the signature to; with `owner` no link opens any.',
  })
  access!: Config['files']['access'];
}

export class OutputRecipeDto {
  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'In the form of AUTOMATIC1111; null where the file has none.',
  })
  parameters!: string | null;

  @ApiProperty({
    type: Object,
    nullable: true,
    description: 'With the SHA-256 of all that it was made with; null where the file has none.',
  })
  recipe!: Record<string, unknown> | null;
}
