import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { Optional, unixSeconds } from '../../../common/index.js';
import type { PromptRecord, TextState } from '../../../text/index.js';

/** Most entries of a page. */
const PAGE_LIMIT = 500;

/** The farthest that a page can begin; nobody has as many. */
const OFFSET_LIMIT = 1_000_000_000;

export class SdcppEnhanceDto {
  @ApiProperty({ example: 'a cat' })
  @IsString({ message: 'prompt must be a text' })
  prompt!: string;

  @ApiPropertyOptional({ description: 'Instead of the one of the settings.' })
  @Optional()
  @IsString({ message: 'system_prompt must be a text' })
  system_prompt?: string;
}

export class SdcppHistoryQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: PAGE_LIMIT, default: 50 })
  @Optional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1, { message: 'limit must be 1 or more' })
  @Max(PAGE_LIMIT, { message: `limit must be ${PAGE_LIMIT} or less` })
  limit = 50;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: OFFSET_LIMIT, default: 0 })
  @Optional()
  @Type(() => Number)
  @IsInt({ message: 'offset must be a whole number' })
  @Min(0, { message: 'offset must be 0 or more' })
  @Max(OFFSET_LIMIT, { message: `offset must be ${OFFSET_LIMIT} or less` })
  offset = 0;
}

/** Seed sdcpp-restapi, "Get Enhancement History". */
export class SdcppPromptDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  original_prompt!: string;

  @ApiProperty({ description: 'Empty where it failed.' })
  enhanced_prompt!: string;

  @ApiProperty()
  model_used!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  created_at!: number;

  @ApiProperty()
  success!: boolean;

  @ApiProperty()
  error_message!: string;
}

export class SdcppPromptsDto {
  @ApiProperty({ type: 'integer' })
  total_count!: number;

  @ApiProperty({ type: [SdcppPromptDto] })
  items!: SdcppPromptDto[];
}

export class SdcppSuccessDto {
  @ApiProperty({ enum: [true] })
  success!: true;
}

export const SUCCESS: SdcppSuccessDto = { success: true };

export class SdcppOllamaStatusDto {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({ description: 'Whether the endpoint answered just now.' })
  connected!: boolean;

  @ApiProperty({ description: 'Empty for those who may not manage it.' })
  base_url!: string;

  @ApiProperty()
  model!: string;

  @ApiProperty({ type: 'integer' })
  max_history!: number;

  @ApiProperty({ type: 'integer' })
  history_count!: number;
}

export class SdcppOllamaModelsDto {
  @ApiProperty({ isArray: true, type: String })
  models!: string[];
}

export function toPrompt(record: PromptRecord): SdcppPromptDto {
  return {
    id: record.id,
    original_prompt: record.original,
    enhanced_prompt: record.enhanced,
    model_used: record.model,
    created_at: unixSeconds(record.createdAt),
    success: record.success,
    error_message: record.errorMessage,
  };
}

export function toOllamaStatus(state: TextState, historyCount: number): SdcppOllamaStatusDto {
  return {
    enabled: state.enabled,
    connected: state.connected,
    base_url: state.endpoint,
    model: state.model,
    max_history: state.maxHistory,
    history_count: historyCount,
  };
}

export const EXAMPLE_PROMPT: SdcppPromptDto = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  original_prompt: 'a cat',
  enhanced_prompt: 'an orange tabby cat with long fur, in the light of the evening',
  model_used: 'llama3.2',
  created_at: 1_704_067_200,
  success: true,
  error_message: '',
};
