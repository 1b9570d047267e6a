import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { LargeBody } from '../../../bodies/index.js';
import { Departure, Optional } from '../../../common/index.js';
import { EventStreams, type ServerSentEvent } from '../../../connections/index.js';
import { AssistantService, TEXT_ERRORS, TextSettings, TextStatus } from '../../../text/index.js';
import { Describe } from '../errors.js';
import { inOurWords } from '../../fields.js';
import {
  EXAMPLE_HISTORY,
  EXAMPLE_REPLY,
  EXAMPLE_STATUS,
  SdcppAssistantHistoryDto,
  SdcppAssistantStatusDto,
  SdcppChatDto,
  SdcppChatReplyDto,
  SdcppModelInfoDto,
  toAssistantMessage,
  toAssistantStatus,
  toChatReply,
  toServerSentEvent,
} from './assistant.dto.js';
import { SdcppSuccessDto, SUCCESS } from './ollama.dto.js';
import {
  EXAMPLE_ASSISTANT_SETTINGS,
  namesIn,
  SdcppAssistantChangesDto,
  SdcppAssistantSettingsDto,
  SdcppAssistantSettingsReplyDto,
  toAssistantSettings,
  toChanges,
} from './settings.dto.js';

export class SdcppModelInfoQuery {
  @ApiPropertyOptional({ description: 'The one that is asked unless given.' })
  @Optional()
  @IsString({ message: 'model must be the name of a model' })
  model?: string;
}

/** Seed sdcpp-restapi, "Assistant Integration", and what the web UI of today asks besides. */
@ApiTags('assistant')
@Controller('sdcpp/assistant')
export class SdcppAssistantController {
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
      'It looks up what it needs with the permissions of the caller, and changes nothing by itself: what is to be done comes as `actions`.',
    reply: SdcppChatReplyDto,
    example: EXAMPLE_REPLY,
    errors: TEXT_ERRORS,
  })
  async chat(
    @Caller() caller: Principal,
    @Body() { message, context }: SdcppChatDto,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppChatReplyDto> {
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
      'Server-sent events: `content`, `thinking`, `tool_call`, and at the end `done` or `error`. The status is 200 also then.',
    files: ['text/event-stream'],
  })
  async stream(
    @Caller() caller: Principal,
    @Body() { message, context }: SdcppChatDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { assistant } = this;
    const source = async function* (signal: AbortSignal): AsyncGenerator<ServerSentEvent, void> {
      for await (const event of assistant.stream(caller, message, { context, signal }))
        yield toServerSentEvent(event);
    };
    await this.streams.send(caller, reply, source, {
      errorEvent: (error) => toServerSentEvent({ type: 'error', error, category: 'server' }),
    });
  }

  @Get('history')
  @Needs('text:use')
  @Describe({
    summary: "The caller's conversation with the assistant",
    reply: SdcppAssistantHistoryDto,
    example: EXAMPLE_HISTORY,
  })
  async history(@Caller() caller: Principal): Promise<SdcppAssistantHistoryDto> {
    const messages = await this.assistant.history(caller);
    return { messages: messages.map(toAssistantMessage), count: messages.length };
  }

  @Delete('history')
  @Needs('text:use')
  @Describe({
    summary: "Forget the caller's conversation with the assistant",
    reply: SdcppSuccessDto,
    example: SUCCESS,
  })
  async clear(@Caller() caller: Principal): Promise<SdcppSuccessDto> {
    await this.assistant.clear(caller);
    return SUCCESS;
  }

  @Get('status')
  @Needs('text:use')
  @Describe({
    summary: 'How it stands with the language model of the assistant',
    reply: SdcppAssistantStatusDto,
    example: EXAMPLE_STATUS,
  })
  async status(@Caller() caller: Principal): Promise<SdcppAssistantStatusDto> {
    const [state, count] = await Promise.all([
      this.state.of(caller, 'assistant'),
      this.assistant.count(caller),
    ]);
    return toAssistantStatus(state, count);
  }

  @Get('model-info')
  @Needs('text:use')
  @Describe({
    summary: 'What is known of a language model',
    reply: SdcppModelInfoDto,
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
    @Query() { model }: SdcppModelInfoQuery,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppModelInfoDto> {
    const facts = await this.state.describe('assistant', model, signal);
    return {
      model: facts.model,
      capabilities: facts.capabilities,
      context_length: facts.contextLength,
      family: facts.family,
      parameter_size: facts.parameterSize,
      has_vision: facts.hasVision,
    };
  }

  @Get('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'The settings of the assistant',
    reply: SdcppAssistantSettingsDto,
    example: EXAMPLE_ASSISTANT_SETTINGS,
  })
  async show(): Promise<SdcppAssistantSettingsDto> {
    return toAssistantSettings(await this.settings.view('assistant'));
  }

  @Put('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'Change some of these settings',
    reply: SdcppAssistantSettingsReplyDto,
    example: { success: true, settings: EXAMPLE_ASSISTANT_SETTINGS },
  })
  async change(
    @Caller() caller: Principal,
    @Body() body: SdcppAssistantChangesDto,
    @Client() { address }: LoginClient,
  ): Promise<SdcppAssistantSettingsReplyDto> {
    const actor = { caller, address };
    const view = await inOurWords(namesIn(body), () =>
      this.settings.change('assistant', toChanges(body), actor),
    );
    return { success: true, settings: toAssistantSettings(view) };
  }
}
