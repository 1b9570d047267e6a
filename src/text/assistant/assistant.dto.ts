import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, Length } from 'class-validator';
import { CORE_ERRORS, Optional, unixSeconds } from '../../common/index.js';
import type { ServerSentEvent } from '../../connections/index.js';
import type {
  AssistantAction,
  AssistantEvent,
  AssistantReply,
  ToolCallRecord,
} from './assistant-events.js';
import type { AssistantRecord } from './assistant-history.js';
import { MESSAGE_LENGTH } from './assistant.service.js';

const ANYTHING = { type: 'object' as const, additionalProperties: true };

export class ChatDto {
  @ApiProperty({ minLength: 1, maxLength: MESSAGE_LENGTH, example: 'Which models can I use?' })
  @Length(1, MESSAGE_LENGTH, {
    message: `message must be a text of 1 to ${MESSAGE_LENGTH} characters`,
  })
  message!: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'What the user interface shows and its form is filled with: `current_view`, `settings`, `recent_errors`, and whatever else may help. What is too long is cut.',
    example: { current_view: 'generate', settings: { steps: 20 } },
  })
  @Optional()
  @IsObject({ message: 'context must be an object' })
  context?: Record<string, unknown>;
}

export class ActionDto {
  @ApiProperty({ example: 'load_model' })
  type!: string;

  @ApiProperty(ANYTHING)
  parameters!: Record<string, unknown>;

  @ApiProperty({ description: 'Whether the user must be asked before.' })
  confirm!: boolean;
}

export class ToolCallDto {
  @ApiProperty({ example: 'get_models' })
  name!: string;

  @ApiProperty(ANYTHING)
  parameters!: Record<string, unknown>;

  @ApiProperty({ description: 'What came of it; `{error}` where it failed.', type: Object })
  result!: unknown;

  @ApiProperty({ description: 'False where it was refused.' })
  executed_on_backend!: boolean;
}

export class ChatReplyDto {
  @ApiProperty()
  message!: string;

  @ApiProperty({ description: 'What the model thought before; empty where it does not tell.' })
  thinking!: string;

  @ApiProperty({ type: [ActionDto], description: 'What the user interface is to do.' })
  actions!: ActionDto[];

  @ApiProperty({ type: [ToolCallDto], description: 'What was looked up.' })
  tool_calls!: ToolCallDto[];
}

export class AssistantMessageDto {
  @ApiProperty({ enum: ['user', 'assistant'] })
  role!: 'user' | 'assistant';

  @ApiProperty()
  content!: string;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  timestamp!: number;

  @ApiProperty()
  thinking!: string;

  @ApiProperty({ type: [ActionDto] })
  actions!: ActionDto[];

  @ApiProperty({ type: [ToolCallDto] })
  tool_calls!: ToolCallDto[];
}

export class AssistantHistoryDto {
  @ApiProperty({ type: [AssistantMessageDto], description: 'The oldest first.' })
  messages!: AssistantMessageDto[];

  @ApiProperty({ type: 'integer' })
  count!: number;
}

function toToolCall({ name, parameters, result, executedOnBackend }: ToolCallRecord): ToolCallDto {
  return { name, parameters, result, executed_on_backend: executedOnBackend };
}

function toAction({ type, parameters, confirm }: AssistantAction): ActionDto {
  return { type, parameters, confirm };
}

export function toChatReply({
  message,
  thinking,
  actions,
  toolCalls,
}: AssistantReply): ChatReplyDto {
  return {
    message,
    thinking,
    actions: actions.map(toAction),
    tool_calls: toolCalls.map(toToolCall),
  };
}

export function toAssistantMessage(record: AssistantRecord): AssistantMessageDto {
  const { role, content, thinking, actions, toolCalls, createdAt } = record;
  return {
    role,
    content,
    timestamp: unixSeconds(createdAt),
    thinking,
    actions: actions.map(toAction),
    tool_calls: toolCalls.map(toToolCall),
  };
}

/** An event as it goes over the wire; an error is the body that a plain answer would have. */
export function toServerSentEvent(event: AssistantEvent, requestId: string): ServerSentEvent {
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
        data: { ...CORE_ERRORS.reply(event.error, requestId).body, category: event.category },
      };
  }
}

/** An answer in the description of the API. */
export const EXAMPLE_REPLY: ChatReplyDto = {
  message: 'You have SDXL. Shall I choose it?',
  thinking: '',
  actions: [
    {
      type: 'load_model',
      parameters: { model_name: 'sd_xl_base_1.0.safetensors', model_type: 'checkpoint' },
      confirm: false,
    },
  ],
  tool_calls: [
    {
      name: 'get_models',
      parameters: { type: 'checkpoint' },
      result: { total: 1, models: [{ name: 'sd_xl_base_1.0.safetensors' }] },
      executed_on_backend: true,
    },
  ],
};

export const EXAMPLE_HISTORY: AssistantHistoryDto = {
  messages: [
    {
      role: 'user',
      content: 'Which models can I use?',
      timestamp: 1_763_700_000,
      thinking: '',
      actions: [],
      tool_calls: [],
    },
    {
      role: 'assistant',
      content: EXAMPLE_REPLY.message,
      timestamp: 1_763_700_000,
      thinking: '',
      actions: EXAMPLE_REPLY.actions,
      tool_calls: EXAMPLE_REPLY.tool_calls,
    },
  ],
  count: 2,
};
