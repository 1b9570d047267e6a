import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../../auth/index.js';
import { Departure } from '../../../common/index.js';
import {
  EnhanceService,
  PromptEntryNotFoundError,
  TEXT_ERRORS,
  TextSettings,
  TextStatus,
} from '../../../text/index.js';
import { Describe } from '../errors.js';
import { inOurWords } from '../../fields.js';
import {
  EXAMPLE_PROMPT,
  SdcppEnhanceDto,
  SdcppHistoryQuery,
  SdcppOllamaModelsDto,
  SdcppOllamaStatusDto,
  SdcppPromptDto,
  SdcppPromptsDto,
  SdcppSuccessDto,
  SUCCESS,
  toOllamaStatus,
  toPrompt,
} from './ollama.dto.js';
import {
  EXAMPLE_OLLAMA_SETTINGS,
  namesIn,
  SdcppOllamaChangesDto,
  SdcppOllamaSettingsDto,
  SdcppOllamaSettingsReplyDto,
  toChanges,
  toOllamaSettings,
} from './settings.dto.js';

const NOT_FOUND = new PromptEntryNotFoundError();

/** Seed sdcpp-restapi, "Ollama Integration": the history is each user's own. */
@ApiTags('ollama')
@Controller('sdcpp/ollama')
export class SdcppOllamaController {
  constructor(
    private readonly prompts: EnhanceService,
    private readonly settings: TextSettings,
    private readonly state: TextStatus,
  ) {}

  @Post('enhance')
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Have a prompt made better by a language model',
    reply: SdcppPromptDto,
    example: EXAMPLE_PROMPT,
    errors: TEXT_ERRORS,
  })
  async enhance(
    @Caller() caller: Principal,
    @Body() { prompt, system_prompt: systemPrompt }: SdcppEnhanceDto,
    @Departure() signal: AbortSignal,
  ): Promise<SdcppPromptDto> {
    return toPrompt(await this.prompts.enhance(caller, prompt, { systemPrompt, signal }));
  }

  @Get('history')
  @Needs('text:use')
  @Describe({
    summary: 'The prompts that the caller had made better, the newest first',
    reply: SdcppPromptsDto,
    example: { total_count: 1, items: [EXAMPLE_PROMPT] },
  })
  async history(
    @Caller() caller: Principal,
    @Query() { limit, offset }: SdcppHistoryQuery,
  ): Promise<SdcppPromptsDto> {
    const { entries, total } = await this.prompts.history(caller, { limit, offset });
    return { total_count: total, items: entries.map(toPrompt) };
  }

  @Delete('history')
  @Needs('text:use')
  @Describe({
    summary: "Forget all of the caller's prompts",
    reply: SdcppSuccessDto,
    example: SUCCESS,
  })
  async clear(@Caller() caller: Principal): Promise<SdcppSuccessDto> {
    await this.prompts.clear(caller);
    return SUCCESS;
  }

  @Get('history/:id')
  @Needs('text:use')
  @Describe({
    summary: 'One of these prompts',
    reply: SdcppPromptDto,
    example: EXAMPLE_PROMPT,
    errors: [NOT_FOUND],
  })
  async entry(@Caller() caller: Principal, @Param('id') id: string): Promise<SdcppPromptDto> {
    return toPrompt(await this.prompts.entry(caller, id));
  }

  @Delete('history/:id')
  @Needs('text:use')
  @Describe({
    summary: 'Forget one of these prompts',
    reply: SdcppSuccessDto,
    example: SUCCESS,
    errors: [NOT_FOUND],
  })
  async remove(@Caller() caller: Principal, @Param('id') id: string): Promise<SdcppSuccessDto> {
    await this.prompts.remove(caller, id);
    return SUCCESS;
  }

  @Get('status')
  @Needs('text:use')
  @Describe({
    summary: 'How it stands with the language model that makes prompts better',
    reply: SdcppOllamaStatusDto,
    example: {
      enabled: true,
      connected: true,
      base_url: 'http://localhost:11434',
      model: 'llama3.2',
      max_history: 100,
      history_count: 42,
    },
  })
  async status(@Caller() caller: Principal): Promise<SdcppOllamaStatusDto> {
    const [state, count] = await Promise.all([
      this.state.of(caller, 'enhance'),
      this.prompts.count(caller),
    ]);
    return toOllamaStatus(state, count);
  }

  @Get('models')
  @Needs('text:use')
  @Describe({
    summary: 'Names of the language models that there are',
    reply: SdcppOllamaModelsDto,
    example: { models: ['llama3.2', 'mistral', 'neural-chat'] },
    errors: TEXT_ERRORS,
  })
  async models(@Departure() signal: AbortSignal): Promise<SdcppOllamaModelsDto> {
    return { models: await this.state.models('enhance', signal) };
  }

  @Get('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'The settings of the language model that makes prompts better',
    reply: SdcppOllamaSettingsDto,
    example: EXAMPLE_OLLAMA_SETTINGS,
  })
  async show(): Promise<SdcppOllamaSettingsDto> {
    return toOllamaSettings(await this.settings.view('enhance'));
  }

  @Put('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'Change some of these settings',
    reply: SdcppOllamaSettingsReplyDto,
    example: { success: true, settings: EXAMPLE_OLLAMA_SETTINGS },
  })
  async change(
    @Caller() caller: Principal,
    @Body() body: SdcppOllamaChangesDto,
    @Client() { address }: LoginClient,
  ): Promise<SdcppOllamaSettingsReplyDto> {
    const actor = { caller, address };
    const view = await inOurWords(namesIn(body), () =>
      this.settings.change('enhance', toChanges(body), actor),
    );
    return { success: true, settings: toOllamaSettings(view) };
  }
}
