import { ApiProperty } from '@nestjs/swagger';
import { ENDPOINT_KINDS, type EndpointKind } from '../config/index.js';
import type { TextModelFacts } from './chat/chat-port.js';
import type { TextState } from './text-status.js';

export class TextStatusDto {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({ description: 'Whether it is switched on and has an endpoint.' })
  configured!: boolean;

  @ApiProperty({ description: 'Whether the endpoint answered just now.' })
  connected!: boolean;

  @ApiProperty({ description: 'Empty for those who may not manage it.' })
  endpoint!: string;

  @ApiProperty({ enum: ENDPOINT_KINDS })
  kind!: EndpointKind;

  @ApiProperty({ description: 'The one that is asked; empty where there is none.' })
  model!: string;

  @ApiProperty({ isArray: true, type: String, description: 'All that the endpoint has.' })
  available_models!: string[];

  @ApiProperty()
  proactive_suggestions!: boolean;

  @ApiProperty({ type: 'integer' })
  timeout_seconds!: number;

  @ApiProperty({ type: 'integer' })
  max_history!: number;

  @ApiProperty({ type: 'integer', description: "Entries of the caller's own history." })
  history_count!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not connected.' })
  problem!: string | null;
}

export class TextModelDto {
  @ApiProperty()
  model!: string;

  @ApiProperty({ isArray: true, type: String, example: ['completion', 'tools'] })
  capabilities!: string[];

  @ApiProperty({ type: 'integer', description: 'Tokens; 0 where nobody says.' })
  context_length!: number;

  @ApiProperty({ description: 'Empty where nobody says.' })
  family!: string;

  @ApiProperty({ description: 'Empty where nobody says.', example: '3.2B' })
  parameter_size!: string;

  @ApiProperty()
  has_vision!: boolean;
}

export function toStatusDto(state: TextState, historyCount: number): TextStatusDto {
  return {
    enabled: state.enabled,
    configured: state.configured,
    connected: state.connected,
    endpoint: state.endpoint,
    kind: state.kind,
    model: state.model,
    available_models: state.models,
    proactive_suggestions: state.proactiveSuggestions,
    timeout_seconds: state.timeoutSeconds,
    max_history: state.maxHistory,
    history_count: historyCount,
    problem: state.problem,
  };
}

export function toTextModelDto(facts: TextModelFacts & { hasVision: boolean }): TextModelDto {
  return {
    model: facts.model,
    capabilities: facts.capabilities,
    context_length: facts.contextLength,
    family: facts.family,
    parameter_size: facts.parameterSize,
    has_vision: facts.hasVision,
  };
}

/** A state in the description of the API. */
export const EXAMPLE_STATUS: TextStatusDto = {
  enabled: true,
  configured: true,
  connected: true,
  endpoint: 'http://127.0.0.1:11434',
  kind: 'auto',
  model: 'llama3.2',
  available_models: ['llama3.2', 'qwen3:8b'],
  proactive_suggestions: true,
  timeout_seconds: 120,
  max_history: 50,
  history_count: 4,
  problem: null,
};
