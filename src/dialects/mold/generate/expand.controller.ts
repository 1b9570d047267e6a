import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { Departure, Optional } from '../../../common/index.js';
import { ExpandService, TEXT_ERRORS, VARIATIONS_LIMIT } from '../../../text/index.js';
import { Describe } from '../errors.js';

export class MoldExpandDto {
  @ApiProperty({ example: 'a cat' })
  @IsString({ message: 'prompt must be a text' })
  prompt!: string;

  @ApiPropertyOptional({ description: 'What the prompt is to be written for.', example: 'flux' })
  @Optional()
  @IsString({ message: 'model_family must be a text' })
  model_family?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: VARIATIONS_LIMIT, default: 1 })
  @Optional()
  @IsInt({ message: 'variations must be a whole number' })
  @Min(1)
  @Max(VARIATIONS_LIMIT)
  variations?: number;

  @ApiPropertyOptional({ example: 'watercolour' })
  @Optional()
  @IsString({ message: 'style must be a text' })
  style?: string;
}

export class MoldExpansionDto {
  @ApiProperty()
  original!: string;

  @ApiProperty({ type: [String] })
  expanded!: string[];
}

/** Seed mold-server-api, "Endpoints". */
@ApiTags('generate')
@Controller('mold/api/expand')
export class MoldExpandController {
  constructor(private readonly expander: ExpandService) {}

  @Post()
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Have whole prompts made of a short one',
    reply: MoldExpansionDto,
    example: { original: 'a cat', expanded: ['A ginger cat on a windowsill in the evening sun'] },
    errors: TEXT_ERRORS,
  })
  async expand(
    @Caller() caller: Principal,
    @Body() { prompt, model_family: modelFamily, variations, style }: MoldExpandDto,
    @Departure() signal: AbortSignal,
  ): Promise<MoldExpansionDto> {
    const options = { modelFamily, variations, style, signal };
    return { original: prompt, expanded: await this.expander.expand(caller, prompt, options) };
  }
}
