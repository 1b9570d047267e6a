import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, Length } from 'class-validator';
import { Optional, unixSeconds } from '../../../common/index.js';
import type { ServerSentEvent } from '../../../connections/index.js';
import {
  MESSAGE_LENGTH,
  type AssistantAction,
  type AssistantEvent,
  type AssistantRecord,
  type AssistantReply,
  type TextState,
  type ToolCallRecord,
} from '../../../text/index.js';

const ANYTHING = { type: 'object' as const, additionalProperties: true };

export class SdcppChatDto {
  @ApiProperty({ minLength: 1, maxLength: MESSAGE_LENGTH, example: 'Load the SDXL model' })
  @Length(1, MESSAGE_LENGTH, {
    message: `message must be a text of 1 to ${MESSAGE_LENGTH} characters`,
  })
  message!: string;

  @ApiPropertyOptional({
    ...ANYTHING,
    description: 'What the user interface shows and knows; what is too long is cut.',
  })
  @Optional()
  @IsObject({ message: 'context must be an object' })
  context?: Record<string, unknown>;
}

export class SdcppActionDto implements AssistantAction {
  @ApiProperty({ example: 'load_model' })
  type!: string;

  @ApiProperty(ANYTHING)
  parameters!: Record<string, unknown>;

  @ApiProperty({ description: 'Whether the user must be asked before.' })
  confirm!: boolean;
}

/** With the name of the document of events and that of plain answers. */
export class SdcppToolCallDto {
  @ApiProperty()
  name!: string;

  @ApiProperty(ANYTHING)
  parameters!: Record<string, unknown>;

  @ApiProperty({ description: 'What came of it.', type: Object })
  result!: unknown;

  @ApiProperty()
  executedOnBackend!: boolean;

  @ApiProperty()
  executed_on_backend!: boolean;
}

export class SdcppChatReplyDto {
  @ApiProperty({ enum: [true] })
  success!: true;

  @ApiProperty()
  message!: string;

  @ApiProperty()
  thinking!: string;

  @ApiProperty({ type: [SdcppActionDto], description: 'What the web UI is to do.' })
  actions!: SdcppActionDto[];

  @ApiProperty({ type: [SdcppToolCallDto], description: 'What was looked up.' })
  tool_calls!: SdcppToolCallDto[];
}

export class SdcppAssistantMessageDto {
  @ApiProperty({ enum: ['user', 'assistant'] })
  role!: 'user' | 'assistant';

  @ApiProperty()
  content!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  timestamp!: number;

  @ApiProperty()
  thinking!: string;

  @ApiProperty({ type: [SdcppActionDto] })
  actions!: SdcppActionDto[];

  @ApiProperty({ type: [SdcppToolCallDto] })
  toolCalls!: SdcppToolCallDto[];
}

export class SdcppAssistantHistoryDto {
  @ApiProperty({ type: [SdcppAssistantMessageDto], description: 'The oldest first.' })
  messages!: SdcppAssistantMessageDto[];

  @ApiProperty({ type: 'integer' })
  count!: number;
}

export class SdcppAssistantStatusDto {
  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({ description: 'Whether the endpoint answered just now.' })
  connected!: boolean;

  @ApiProperty({ description: 'Empty for those who may not manage it.' })
  base_url!: string;

  @ApiProperty({ description: 'The newer name of `base_url`.' })
  endpoint!: string;

  @ApiProperty()
  model!: string;

  @ApiProperty({ isArray: true, type: String })
  available_models!: string[];

  @ApiProperty()
  proactive_suggestions!: boolean;

  @ApiProperty({ type: 'integer' })
  timeout_seconds!: number;

  @ApiProperty({ type: 'integer' })
  history_count!: number;
}

export class SdcppModelInfoDto {
  @ApiProperty()
  model!: string;

  @ApiProperty({ isArray: true, type: String })
  capabilities!: string[];

  @ApiProperty({ type: 'integer', description: 'Tokens; 0 where nobody says.' })
  context_length!: number;

  @ApiProperty()
  family!: string;

  @ApiProperty()
  parameter_size!: string;

  @ApiProperty()
  has_vision!: boolean;
}

function toToolCall({ executedOnBackend, ...call }: ToolCallRecord): SdcppToolCallDto {
  return { ...call, executedOnBackend, executed_on_backend: executedOnBackend };
}

export function toChatReply(reply: AssistantReply): SdcppChatReplyDto {
  const { message, thinking, actions, toolCalls } = reply;
  return { success: true, message, thinking, actions, tool_calls: toolCalls.map(toToolCall) };
}

export function toAssistantMessage(record: AssistantRecord): SdcppAssistantMessageDto {
  const { role, content, thinking, actions, toolCalls, createdAt } = record;
  return {
    role,
    content,
    timestamp: unixSeconds(createdAt),
    thinking,
    actions,
    toolCalls: toolCalls.map(toToolCall),
  };
}

export function toAssistantStatus(state: TextState, historyCount: number): SdcppAssistantStatusDto {
  return {
    enabled: state.enabled,
    connected: state.connected,
    base_url: state.endpoint,
    endpoint: state.endpoint,
    model: state.model,
    available_models: state.models,
    proactive_suggestions: state.proactiveSuggestions,
    timeout_seconds: state.timeoutSeconds,
    history_count: historyCount,
  };
}

/** An event as the web UI reads it. */
export function toServerSentEvent(event: AssistantEvent): ServerSentEvent {
  switch (event.type) {
    case 'content':
    case 'thinking':
      return { event: event.type, data: { content: event.content } };
    case 'tool_call':
      return { event: event.type, data: toToolCall(event.call) };
    case 'done':
      return { event: event.type, data: toChatReply(event.reply) };
    case 'error':
      return {
        event: event.type,
        data: { error: event.error.message, category: event.category },
      };
  }
}

export const EXAMPLE_REPLY: SdcppChatReplyDto = {
  success: true,
  message: 'SDXL is what you want: I would load it now.',
  thinking: '',
  actions: [
    {
      type: 'load_model',
      parameters: { model_name: 'sdxl-model.safetensors', model_type: 'checkpoint' },
      confirm: false,
    },
  ],
  tool_calls: [],
};

export const EXAMPLE_HISTORY: SdcppAssistantHistoryDto = {
  messages: [
    {
      role: 'user',
      content: 'Load SDXL',
      timestamp: 1_704_067_200,
      thinking: '',
      actions: [],
      toolCalls: [],
    },
    {
      role: 'assistant',
      content: EXAMPLE_REPLY.message,
      timestamp: 1_704_067_201,
      thinking: '',
      actions: EXAMPLE_REPLY.actions,
      toolCalls: [],
    },
  ],
  count: 2,
};

export const EXAMPLE_STATUS: SdcppAssistantStatusDto = {
  enabled: true,
  connected: true,
  base_url: 'http://localhost:11434',
  endpoint: 'http://localhost:11434',
  model: 'llama3.2',
  available_models: ['llama3.2'],
  proactive_suggestions: true,
  timeout_seconds: 120,
  history_count: 15,
};
