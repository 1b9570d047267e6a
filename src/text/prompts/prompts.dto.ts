import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { Optional, PageDto, pageQuery, unixSeconds } from '../../common/index.js';
import { TEXT_LENGTHS } from '../text-settings.js';
import type { PromptRecord } from './enhance.service.js';
import { STYLE_LENGTH, VARIATIONS_LIMIT } from './expand.service.js';

const PROMPT = { example: 'a cat', minLength: 1 };

export class EnhanceDto {
  @ApiProperty({ ...PROMPT, description: 'As long as a prompt may be at most.' })
  @IsString({ message: 'prompt must be a text' })
  prompt!: string;

  @ApiProperty({
    required: false,
    maxLength: TEXT_LENGTHS.systemPrompt,
    description: 'What the language model is told first, instead of what the settings say.',
  })
  @Optional()
  @IsString({ message: 'system_prompt must be a text' })
  @MaxLength(TEXT_LENGTHS.systemPrompt, {
    message: `system_prompt must have at most ${TEXT_LENGTHS.systemPrompt} characters`,
  })
  system_prompt?: string;
}

export class ExpandDto {
  @ApiProperty(PROMPT)
  @IsString({ message: 'prompt must be a text' })
  prompt!: string;

  @ApiProperty({
    required: false,
    maxLength: STYLE_LENGTH,
    example: 'sdxl',
    description: 'What the prompts are to be written for.',
  })
  @Optional()
  @Length(0, STYLE_LENGTH, { message: `model_family must have at most ${STYLE_LENGTH} characters` })
  model_family?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    minimum: 1,
    maximum: VARIATIONS_LIMIT,
    default: 1,
  })
  @Optional()
  @IsInt({ message: 'variations must be a whole number' })
  @Min(1, { message: 'variations must be 1 or more' })
  @Max(VARIATIONS_LIMIT, { message: `variations must be ${VARIATIONS_LIMIT} or less` })
  variations?: number;

  @ApiProperty({ required: false, maxLength: STYLE_LENGTH, example: 'watercolour' })
  @Optional()
  @Length(0, STYLE_LENGTH, { message: `style must have at most ${STYLE_LENGTH} characters` })
  style?: string;
}

export class ExpansionDto {
  @ApiProperty()
  original!: string;

  @ApiProperty({ isArray: true, type: String, description: 'As many as were asked for.' })
  expanded!: string[];
}

export class PromptEntryDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  original_prompt!: string;

  @ApiProperty({ description: 'Empty where it failed.' })
  enhanced_prompt!: string;

  @ApiProperty({ description: 'Empty where it failed before one was chosen.' })
  model_used!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  created_at!: number;

  @ApiProperty()
  success!: boolean;

  @ApiProperty({ description: 'Empty where it succeeded.' })
  error_message!: string;
}

export class PromptQuery extends pageQuery(['created'], {
  sort_by: 'created',
  sort_order: 'desc',
}) {}

export class PromptPageDto extends PageDto {
  @ApiProperty({ type: [PromptEntryDto] })
  prompts!: PromptEntryDto[];
}

export function toPromptEntry(entry: PromptRecord): PromptEntryDto {
  return {
    id: entry.id,
    original_prompt: entry.original,
    enhanced_prompt: entry.enhanced,
    model_used: entry.model,
    created_at: unixSeconds(entry.createdAt),
    success: entry.success,
    error_message: entry.errorMessage,
  };
}

/** An entry in the description of the API. */
export const EXAMPLE_PROMPT: PromptEntryDto = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  original_prompt: 'a cat',
  enhanced_prompt: 'an orange tabby cat on a sunlit window sill, soft morning light, shallow focus',
  model_used: 'llama3.2',
  created_at: 1_763_700_000,
  success: true,
  error_message: '',
};
