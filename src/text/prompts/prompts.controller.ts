import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Client, Needs, type LoginClient, type Principal } from '../../auth/index.js';
import { Departure, Describe, MessageDto, pageInfo, pageWindow } from '../../common/index.js';
import { PromptEntryNotFoundError, TEXT_ERRORS } from '../text.errors.js';
import { TextSettings } from '../text-settings.js';
import {
  EXAMPLE_SETTINGS,
  TextSettingsChangeDto,
  TextSettingsDto,
  toChanges,
  toSettingsDto,
} from '../text-settings.dto.js';
import { TextStatus } from '../text-status.js';
import { EXAMPLE_STATUS, TextStatusDto, toStatusDto } from '../text-status.dto.js';
import { EnhanceService } from './enhance.service.js';
import { ExpandService } from './expand.service.js';
import {
  EnhanceDto,
  EXAMPLE_PROMPT,
  ExpandDto,
  ExpansionDto,
  PromptEntryDto,
  PromptPageDto,
  PromptQuery,
  toPromptEntry,
} from './prompts.dto.js';

const NOT_FOUND = new PromptEntryNotFoundError();

@ApiTags('text')
@Controller('api/text')
export class PromptsController {
  constructor(
    private readonly enhancer: EnhanceService,
    private readonly expander: ExpandService,
    private readonly settings: TextSettings,
    private readonly state: TextStatus,
  ) {}

  @Post('enhance')
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Have a prompt made better by a language model',
    reply: PromptEntryDto,
    example: EXAMPLE_PROMPT,
    errors: TEXT_ERRORS,
  })
  async enhance(
    @Caller() caller: Principal,
    @Body() { prompt, system_prompt: systemPrompt }: EnhanceDto,
    @Departure() signal: AbortSignal,
  ): Promise<PromptEntryDto> {
    return toPromptEntry(await this.enhancer.enhance(caller, prompt, { systemPrompt, signal }));
  }

  @Post('expand')
  @HttpCode(200)
  @Needs('text:use')
  @Describe({
    summary: 'Have whole prompts made of a short one',
    details: 'By the language model of the assistant. Nothing of it is kept.',
    reply: ExpansionDto,
    example: { original: 'a cat', expanded: [EXAMPLE_PROMPT.enhanced_prompt] },
    errors: TEXT_ERRORS,
  })
  async expand(
    @Caller() caller: Principal,
    @Body() { prompt, model_family: modelFamily, variations, style }: ExpandDto,
    @Departure() signal: AbortSignal,
  ): Promise<ExpansionDto> {
    const options = { modelFamily, variations, style, signal };
    return { original: prompt, expanded: await this.expander.expand(caller, prompt, options) };
  }

  @Get('history')
  @Needs('text:use')
  @Describe({
    summary: 'The prompts that the caller had made better',
    reply: PromptPageDto,
    example: { prompts: [EXAMPLE_PROMPT], total: 1, page: 1, limit: 50, total_pages: 1 },
  })
  async history(@Caller() caller: Principal, @Query() query: PromptQuery): Promise<PromptPageDto> {
    const { take, skip } = pageWindow(query);
    const oldestFirst = query.sort_order === 'asc';
    const { entries, total } = await this.enhancer.history(caller, {
      limit: take,
      offset: skip,
      oldestFirst,
    });
    return { prompts: entries.map(toPromptEntry), ...pageInfo(query, total) };
  }

  @Delete('history')
  @Needs('text:use')
  @Describe({
    summary: "Forget all of the caller's prompts",
    reply: MessageDto,
    example: { message: '12 prompts forgotten' },
  })
  async clear(@Caller() caller: Principal): Promise<MessageDto> {
    return { message: `${await this.enhancer.clear(caller)} prompts forgotten` };
  }

  @Get('history/:id')
  @Needs('text:use')
  @Describe({
    summary: 'One of these prompts',
    reply: PromptEntryDto,
    example: EXAMPLE_PROMPT,
    errors: [NOT_FOUND],
  })
  async entry(@Caller() caller: Principal, @Param('id') id: string): Promise<PromptEntryDto> {
    return toPromptEntry(await this.enhancer.entry(caller, id));
  }

  @Delete('history/:id')
  @Needs('text:use')
  @Describe({
    summary: 'Forget one of these prompts',
    reply: MessageDto,
    example: { message: 'Prompt forgotten' },
    errors: [NOT_FOUND],
  })
  async remove(@Caller() caller: Principal, @Param('id') id: string): Promise<MessageDto> {
    await this.enhancer.remove(caller, id);
    return { message: 'Prompt forgotten' };
  }

  @Get('status')
  @Needs('text:use')
  @Describe({
    summary: 'How it stands with the language model that makes prompts better',
    details: 'Asks the endpoint, and waits 5 seconds for it at most.',
    reply: TextStatusDto,
    example: EXAMPLE_STATUS,
  })
  async status(@Caller() caller: Principal): Promise<TextStatusDto> {
    const [state, count] = await Promise.all([
      this.state.of(caller, 'enhance'),
      this.enhancer.count(caller),
    ]);
    return toStatusDto(state, count);
  }

  @Get('settings')
  @Needs('text:manage')
  @Describe({
    summary: 'The settings of the language model that makes prompts better',
    reply: TextSettingsDto,
    example: EXAMPLE_SETTINGS,
  })
  async getSettings(): Promise<TextSettingsDto> {
    return toSettingsDto(await this.settings.view('enhance'));
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
    return toSettingsDto(await this.settings.change('enhance', toChanges(body), actor));
  }
}
