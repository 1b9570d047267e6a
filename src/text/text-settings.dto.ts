import { ApiProperty } from '@nestjs/swagger';
import { ENDPOINT_KINDS, TEXT_BOUNDS, type EndpointKind } from '../config/index.js';
import { Allow } from 'class-validator';
import { TEXT_LENGTHS, type TextSettingsChanges, type TextSettingsView } from './text-settings.js';

const { temperature, maxTokens, timeoutSeconds, maxHistory } = TEXT_BOUNDS;

function bounds({ min, max }: { min: number; max: number }) {
  return { minimum: min, maximum: max };
}

const SYSTEM_PROMPT = 'What the language model is told first.';

/** The values are checked where they are set, for every API alike. */
export class TextSettingsChangeDto {
  @ApiProperty({ required: false, nullable: true, type: Boolean })
  @Allow()
  enabled?: boolean | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: TEXT_LENGTHS.endpoint,
    example: 'http://127.0.0.1:11434',
    description:
      'Address of an Ollama, or of a server that speaks OpenAI’s chat completions. Another server than before loses the key, unless a key comes with it.',
  })
  @Allow()
  endpoint?: string | null;

  @ApiProperty({ required: false, nullable: true, type: String, enum: ENDPOINT_KINDS })
  @Allow()
  kind?: EndpointKind | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: TEXT_LENGTHS.model,
    example: 'llama3.2',
    description: 'Empty: the first that the endpoint has.',
  })
  @Allow()
  model?: string | null;

  @ApiProperty({ required: false, nullable: true, type: Number, ...bounds(temperature) })
  @Allow()
  temperature?: number | null;

  @ApiProperty({ required: false, nullable: true, type: 'integer', ...bounds(maxTokens) })
  @Allow()
  max_tokens?: number | null;

  @ApiProperty({ required: false, nullable: true, type: 'integer', ...bounds(timeoutSeconds) })
  @Allow()
  timeout_seconds?: number | null;

  @ApiProperty({ required: false, nullable: true, type: 'integer', ...bounds(maxHistory) })
  @Allow()
  max_history?: number | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: TEXT_LENGTHS.systemPrompt,
    description: `${SYSTEM_PROMPT} Empty: the server's own words.`,
  })
  @Allow()
  system_prompt?: string | null;

  @ApiProperty({ required: false, nullable: true, type: Boolean })
  @Allow()
  proactive_suggestions?: boolean | null;

  @ApiProperty({
    required: false,
    nullable: true,
    type: String,
    maxLength: TEXT_LENGTHS.apiKey,
    description: 'Is never shown again. Empty: none. `***masked***`: as it is.',
  })
  @Allow()
  api_key?: string | null;
}

export class TextSettingsDto {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({ description: 'Empty: that of the other use.' })
  endpoint!: string;

  @ApiProperty({ enum: ENDPOINT_KINDS })
  kind!: EndpointKind;

  @ApiProperty({ description: 'Empty: the first that the endpoint has.' })
  model!: string;

  @ApiProperty()
  temperature!: number;

  @ApiProperty({ type: 'integer', description: 'Of one answer.' })
  max_tokens!: number;

  @ApiProperty({ type: 'integer', description: 'For one answer.' })
  timeout_seconds!: number;

  @ApiProperty({
    type: 'integer',
    description: 'What is kept for each user: prompts, or questions with their answers.',
  })
  max_history!: number;

  @ApiProperty({ description: SYSTEM_PROMPT })
  system_prompt!: string;

  @ApiProperty({ description: "The server's own words." })
  default_system_prompt!: string;

  @ApiProperty({
    description: 'Whether user interfaces ask the assistant by themselves when something fails.',
  })
  proactive_suggestions!: boolean;

  @ApiProperty()
  has_api_key!: boolean;
}

export function toChanges(dto: TextSettingsChangeDto): TextSettingsChanges {
  const { max_tokens, timeout_seconds, max_history, system_prompt, api_key } = dto;
  const { enabled, endpoint, kind, model, temperature: warmth, proactive_suggestions } = dto;
  return {
    enabled,
    endpoint,
    kind,
    model,
    temperature: warmth,
    maxTokens: max_tokens,
    timeoutSeconds: timeout_seconds,
    maxHistory: max_history,
    systemPrompt: system_prompt,
    proactiveSuggestions: proactive_suggestions,
    apiKey: api_key,
  };
}

export function toSettingsDto(view: TextSettingsView): TextSettingsDto {
  return {
    enabled: view.enabled,
    endpoint: view.endpoint,
    kind: view.kind,
    model: view.model,
    temperature: view.temperature,
    max_tokens: view.maxTokens,
    timeout_seconds: view.timeoutSeconds,
    max_history: view.maxHistory,
    system_prompt: view.systemPrompt,
    default_system_prompt: view.defaultSystemPrompt,
    proactive_suggestions: view.proactiveSuggestions,
    has_api_key: view.hasApiKey,
  };
}

/** Settings in the description of the API. */
export const EXAMPLE_SETTINGS: TextSettingsDto = {
  enabled: true,
  endpoint: 'http://127.0.0.1:11434',
  kind: 'auto',
  model: 'llama3.2',
  temperature: 0.7,
  max_tokens: 2048,
  timeout_seconds: 120,
  max_history: 50,
  system_prompt: 'You are the assistant of Atelier.',
  default_system_prompt: 'You are the assistant of Atelier.',
  proactive_suggestions: true,
  has_api_key: false,
};
