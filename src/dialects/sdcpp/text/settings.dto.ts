import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { MASK } from '../../../settings/index.js';
import type { TextSettingsChanges, TextSettingsView } from '../../../text/index.js';

const ADDRESS =
  'Address of an Ollama, or of a server that speaks the chat completions of OpenAI. Another server than before loses the key, unless one comes with it.';
const KEY = `Never shown again. Empty: none; \`${MASK}\`: as it is.`;

/** The values are checked where they are set, for every API alike. */
export class SdcppOllamaChangesDto {
  @ApiPropertyOptional({ type: Boolean })
  @Allow()
  enabled?: boolean;

  @ApiPropertyOptional({ type: String, description: ADDRESS })
  @Allow()
  base_url?: string;

  @ApiPropertyOptional({ type: String })
  @Allow()
  model?: string;

  @ApiPropertyOptional({ type: 'integer' })
  @Allow()
  timeout_seconds?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Prompts that are kept for each user.' })
  @Allow()
  max_history?: number;

  @ApiPropertyOptional({ type: String, description: KEY })
  @Allow()
  api_key?: string;
}

export class SdcppAssistantChangesDto extends SdcppOllamaChangesDto {
  @ApiPropertyOptional({ type: String, description: 'The newer name of `base_url`.' })
  @Allow()
  endpoint?: string;

  @ApiPropertyOptional({ type: Number })
  @Allow()
  temperature?: number;

  @ApiPropertyOptional({ type: 'integer' })
  @Allow()
  max_tokens?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'The newer name of `max_history`.' })
  @Allow()
  max_history_turns?: number;

  @ApiPropertyOptional({ type: Boolean })
  @Allow()
  proactive_suggestions?: boolean;

  @ApiPropertyOptional({ type: String, description: "Empty: the server's own words." })
  @Allow()
  system_prompt?: string;
}

/** Seed sdcpp-restapi, "Get Ollama Settings". */
interface OllamaSettings {
  enabled: boolean;
  base_url: string;
  model: string;
  timeout_seconds: number;
  max_history: number;
  api_key: string;
}

export class SdcppOllamaSettingsDto implements OllamaSettings {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty()
  base_url!: string;

  @ApiProperty()
  model!: string;

  @ApiProperty({ type: 'integer' })
  timeout_seconds!: number;

  @ApiProperty({ type: 'integer' })
  max_history!: number;

  @ApiProperty({ description: 'A mask where there is one, else empty.' })
  api_key!: string;
}

export class SdcppAssistantSettingsDto extends SdcppOllamaSettingsDto {
  @ApiProperty()
  endpoint!: string;

  @ApiProperty()
  temperature!: number;

  @ApiProperty({ type: 'integer' })
  max_tokens!: number;

  @ApiProperty({ type: 'integer' })
  max_history_turns!: number;

  @ApiProperty()
  proactive_suggestions!: boolean;

  @ApiProperty()
  system_prompt!: string;

  @ApiProperty()
  default_system_prompt!: string;

  @ApiProperty()
  has_api_key!: boolean;
}

export class SdcppOllamaSettingsReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ type: SdcppOllamaSettingsDto })
  settings!: SdcppOllamaSettingsDto;
}

export class SdcppAssistantSettingsReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty({ type: SdcppAssistantSettingsDto })
  settings!: SdcppAssistantSettingsDto;
}

/** What the core's fields are called here, for messages; of two names the one that was sent. */
export function namesIn(changes: object): Record<string, string> {
  return {
    endpoint: 'endpoint' in changes ? 'endpoint' : 'base_url',
    max_history: 'max_history_turns' in changes ? 'max_history_turns' : 'max_history',
  };
}

export function toChanges(dto: SdcppAssistantChangesDto): TextSettingsChanges {
  const { enabled, model, temperature, proactive_suggestions: proactiveSuggestions } = dto;
  return {
    enabled,
    model,
    temperature,
    proactiveSuggestions,
    endpoint: dto.endpoint ?? dto.base_url,
    timeoutSeconds: dto.timeout_seconds,
    maxTokens: dto.max_tokens,
    maxHistory: dto.max_history_turns ?? dto.max_history,
    systemPrompt: dto.system_prompt,
    apiKey: dto.api_key,
  };
}

export function toOllamaSettings(view: TextSettingsView): OllamaSettings {
  return {
    enabled: view.enabled,
    base_url: view.endpoint,
    model: view.model,
    timeout_seconds: view.timeoutSeconds,
    max_history: view.maxHistory,
    api_key: view.hasApiKey ? MASK : '',
  };
}

export function toAssistantSettings(view: TextSettingsView): SdcppAssistantSettingsDto {
  return {
    ...toOllamaSettings(view),
    endpoint: view.endpoint,
    temperature: view.temperature,
    max_tokens: view.maxTokens,
    max_history_turns: view.maxHistory,
    proactive_suggestions: view.proactiveSuggestions,
    system_prompt: view.systemPrompt,
    default_system_prompt: view.defaultSystemPrompt,
    has_api_key: view.hasApiKey,
  };
}

export const EXAMPLE_OLLAMA_SETTINGS: OllamaSettings = {
  enabled: true,
  base_url: 'http://localhost:11434',
  model: 'llama3.2',
  timeout_seconds: 60,
  max_history: 100,
  api_key: MASK,
};

export const EXAMPLE_ASSISTANT_SETTINGS: SdcppAssistantSettingsDto = {
  ...EXAMPLE_OLLAMA_SETTINGS,
  timeout_seconds: 120,
  max_history: 50,
  endpoint: EXAMPLE_OLLAMA_SETTINGS.base_url,
  temperature: 0.7,
  max_tokens: 2048,
  max_history_turns: 50,
  proactive_suggestions: true,
  system_prompt: 'You are the assistant of this server.',
  default_system_prompt: 'You are the assistant of this server.',
  has_api_key: true,
};
