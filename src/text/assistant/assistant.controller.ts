import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Post,
  Put,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../auth/index.js';
import { LargeBody } from '../../bodies/index.js';
import { Departure, Describe, MessageDto, Optional } from '../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../connections/index.js';
import { TEXT_ERRORS } from '../text.errors.js';
import { TEXT_LENGTHS, TextSettings } from '../text-settings.js';
import {
  EXAMPLE_SETTINGS,
  TextSettingsChangeDto,
  TextSettingsDto,
  toChanges,
  toSettingsDto,
} from '../text-settings.dto.js';
import { TextStatus } from '../text-status.js';
import {
  EXAMPLE_STATUS,
  TextModelDto,
  TextStatusDto,
  toStatusDto,
  toTextModelDto,
} from '../text-status.dto.js';
import {
  AssistantHistoryDto,
  ChatDto,
  ChatReplyDto,
  EXAMPLE_HISTORY,
  EXAMPLE_REPLY,
  toAssistantMessage,
  toChatReply,
  toServerSentEvent,
} from './assistant.dto.js';
import { AssistantService } from './assistant.service.js';

export class TextModelQuery {
  @ApiProperty({
    required: false,
    maxLength: TEXT_LENGTHS.model,
    description: 'Name of the model; the one that is asked unless given.',
  })
  @Optional()
  @Length(0, TEXT_LENGTHS.model, { message: 'model must be the name of a model' })
  model?: string;
}

@ApiTags('assistant')
@Controller('api/assistant')
export class AssistantController {
  constructor(
    private readonly assistant: AssistantService,
    private readonly settings: TextSettings,
    private readonly state: TextStatus,
    private readonly streams: EventStreams,
  ) {}

  @Post('chat')
  // User interfaces send what their forms hold, images too.
  @LargeBody()
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Ask the assistant',
    details:
      'It looks up what it needs with the permissions of the caller, and changes nothing by itself: what is to be done comes as `actions` for the user interface.',
    reply: ChatReplyDto,
    example: EXAMPLE_REPLY,
    errors: TEXT_ERRORS,
  })
  async chat(
    @Caller() caller: Principal,
    @Body() { message, context }: ChatDto,
    @Departure() signal: AbortSignal,
  ): Promise<ChatReplyDto> {
    return toChatReply(await this.assistant.chat(caller, message, { context, signal }));
  }

  @Post('chat/stream')
  // User interfaces send what their forms hold, images too.
  @LargeBody()
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Ask the assistant, and get the answer as it comes',
    details:
      'Server-sent events: `content` and `thinking` with `{content}`, `tool_call` with what was looked up, and at the end `done` with the whole answer, or `error` with the usual body of an error and a `category`. The status is 200 also then.',
    files: ['text/event-stream'],
  })
  async stream(
    @Caller() caller: Principal,
    @Body() { message, context }: ChatDto,
    @Req() { id }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { assistant } = this;
    const source = async function* (signal: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
      for await (const event of assistant.stream(caller, message, { context, signal }))
        yield toServerSentEvent(event, id);
    };
    await this.streams.send(caller, reply, source, {
      errorEvent: (error) => toServerSentEvent({ type: 'error', error, category: 'server' }, id),
    });
  }

  @Get('history')
  @Needs('text:use')
  @Describe({
    summary: "The caller's conversation with the assistant",
    reply: AssistantHistoryDto,
    example: EXAMPLE_HISTORY,
  })
  async history(@Caller() caller: Principal): Promise<AssistantHistoryDto> {
    const messages = await this.assistant.history(caller);
    return { messages: messages.map(toAssistantMessage), count: messages.length };
  }

  @Delete('history')
  @Needs('text:use')
  @Describe({
    summary: "Forget the caller's conversation with the assistant",
    reply: MessageDto,
    example: { message: '12 messages forgotten' },
  })
  async clear(@Caller() caller: Principal): Promise<MessageDto> {
    return { message: `${await this.assistant.clear(caller)} messages forgotten` };
  }

  @Get('status')
  @Needs('text:use')
  @Describe({
    summary: 'How it stands with the language model of the assistant',
    details: 'Asks the endpoint, and waits 5 seconds for it at most.',
    reply: TextStatusDto,
    example: EXAMPLE_STATUS,
  })
  async status(@Caller() caller: Principal): Promise<TextStatusDto> {
    const [state, count] = await Promise.all([
      this.state.of(caller, 'assistant'),
      this.assistant.count(caller),
    ]);
    return toStatusDto(state, count);
  }

  @Get('model-info')
  @Needs('text:use')
  @Describe({
    summary: 'What is known of a language model of the assistant',
    reply: TextModelDto,
    example: {
      model: 'llama3.2',
      capabilities: ['completion', 'tools'],
      context_length: 131_072,
      family: 'llama',
      parameter_size: '3.2B',
      has_vision: false,
    },
    errors: TEXT_ERRORS,
  })
  async modelInfo(
    @Query() { model }: TextModelQuery,
    @Departure() signal: AbortSignal,
  ): Promise<TextModelDto> {
    return toTextModelDto(await this.state.describe('assistant', model, signal));
  }

  @Get('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'The settings of the assistant',
    reply: TextSettingsDto,
    example: EXAMPLE_SETTINGS,
  })
  async getSettings(): Promise<TextSettingsDto> {
    return toSettingsDto(await this.settings.view('assistant'));
  }

  @Put('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'Change some of these settings',
    details: 'What is left out stays; null puts back what the configuration says.',
    reply: TextSettingsDto,
    example: EXAMPLE_SETTINGS,
  })
  async putSettings(
    @Caller() caller: Principal,
    @Body() body: TextSettingsChangeDto,
    @Client() { address }: LoginClient,
  ): Promise<TextSettingsDto> {
    const actor = { caller, address };
    return toSettingsDto(await this.settings.change('assistant', toChanges(body), actor));
  }
}
