import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { messageOf, ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { TextError } from '../text.errors.js';
import { TEXT_LENGTHS, TextSettings } from '../text-settings.js';
import { TextModels } from '../text-models.js';
import { Turnstile } from '../turnstile.js';
import type { PromptEntry } from './prompt-entry.entity.js';
import { PromptHistory, type Slice } from './prompt-history.js';
import { tidyPrompt } from './tidy-prompt.js';

/** An entry of the history as callers see it. */
export type PromptRecord = Omit<PromptEntry, 'sequence' | 'ownerId'>;

export interface EnhanceOptions {
  /** Instead of the one of the settings. */
  systemPrompt?: string;
  /** Aborted when nobody waits any more. */
  signal?: AbortSignal;
}

/** @throws ValidationError for a prompt that is empty or longer than may be drawn */
export function assertPrompt(prompt: string, limit: number): void {
  if (prompt.trim() !== '' && prompt.length <= limit) return;
  const message = `prompt must be a text of 1 to ${limit} characters.`;
  throw new ValidationError([{ field: 'prompt', message }]);
}

/** Makes prompts better, and remembers them for each user. */
@Injectable()
export class EnhanceService {
  constructor(
    private readonly models: TextModels,
    private readonly settings: TextSettings,
    private readonly entries: PromptHistory,
    private readonly turnstile: Turnstile,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * A better prompt for the same picture. What failed is in the history too, unless there was nobody to ask.
   * @throws ValidationError, TextError, TooManyTextRequestsError, ClientGoneError
   */
  async enhance(
    caller: Principal,
    prompt: string,
    options: EnhanceOptions = {},
  ): Promise<PromptRecord> {
    this.check(prompt, options.systemPrompt);
    const leave = this.turnstile.enter(caller.userId);
    try {
      return await this.remember(caller, prompt, options);
    } finally {
      leave();
    }
  }

  /** A part of the caller's entries, the newest first. */
  async history(
    caller: Principal,
    slice: Slice,
  ): Promise<{ entries: PromptRecord[]; total: number }> {
    const [entries, total] = await this.entries.list(caller, slice);
    return { entries, total };
  }

  count(caller: Principal): Promise<number> {
    return this.entries.count(caller);
  }

  /** @throws PromptEntryNotFoundError */
  entry(caller: Principal, id: string): Promise<PromptRecord> {
    return this.entries.find(caller, id);
  }

  /** @throws PromptEntryNotFoundError */
  remove(caller: Principal, id: string): Promise<void> {
    return this.entries.remove(caller, id);
  }

  /** @returns how many there were */
  clear(caller: Principal): Promise<number> {
    return this.entries.clear(caller);
  }

  private check(prompt: string, systemPrompt: string | undefined): void {
    assertPrompt(prompt, this.config.generate.promptLimit);
    const limit = TEXT_LENGTHS.systemPrompt;
    if (systemPrompt === undefined || systemPrompt.length <= limit) return;
    const message = `system_prompt must be a text of at most ${limit} characters.`;
    throw new ValidationError([{ field: 'system_prompt', message }]);
  }

  private async remember(
    caller: Principal,
    original: string,
    options: EnhanceOptions,
  ): Promise<PromptRecord> {
    const { maxHistory } = await this.settings.inForce('enhance');
    const outcome = { original, enhanced: '', model: '', success: false, errorMessage: '' };
    try {
      const { model, enhanced } = await this.ask(original, options, (name) => {
        outcome.model = name;
      });
      Object.assign(outcome, { model, enhanced, success: true });
      return await this.entries.add(caller, outcome, maxHistory);
    } catch (error) {
      if (error instanceof TextError && error.trouble !== 'configuration') {
        const failed = { ...outcome, errorMessage: messageOf(error) };
        await this.entries.add(caller, failed, maxHistory);
      }
      throw error;
    }
  }

  private async ask(
    prompt: string,
    { systemPrompt, signal = new AbortController().signal }: EnhanceOptions,
    onModel: (name: string) => void,
  ): Promise<{ model: string; enhanced: string }> {
    const chosen = await this.models.choose('enhance', signal);
    onModel(chosen.model);
    const messages = [
      { role: 'system' as const, content: systemPrompt || chosen.settings.systemPrompt },
      { role: 'user' as const, content: prompt },
    ];
    const { content } = await this.models.answer(chosen, { messages }, signal);
    const enhanced = tidyPrompt(content, this.config.generate.promptLimit);
    if (enhanced === '') throw TextError.badAnswer('is empty');
    return { model: chosen.model, enhanced };
  }
}
