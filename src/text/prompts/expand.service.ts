import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../auth/index.js';
import { ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { TextError } from '../text.errors.js';
import { TextModels, type ChosenModel } from '../text-models.js';
import { Turnstile } from '../turnstile.js';
import { assertPrompt } from './enhance.service.js';
import { expansionPrompt } from './expansion-prompt.js';
import { promptsIn } from './prompts-in.js';
import { tidyPrompt } from './tidy-prompt.js';

/** Most variations of one prompt at a time. */
export const VARIATIONS_LIMIT = 10;

/** Characters of a style, and of the name of a model family. */
export const STYLE_LENGTH = 200;

export interface ExpandOptions {
  /** For example `flux` or `sdxl`: what the prompt is to be written for. */
  modelFamily?: string;
  /** How many; 1 unless given. */
  variations?: number;
  /** For example `watercolour`. */
  style?: string;
  /** Aborted when nobody waits any more. */
  signal?: AbortSignal;
}

/** Makes one or several whole prompts out of a short one. */
@Injectable()
export class ExpandService {
  constructor(
    private readonly models: TextModels,
    private readonly turnstile: Turnstile,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * As many prompts as variations were asked for.
   * @throws ValidationError, TextError, TooManyTextRequestsError, ClientGoneError
   */
  async expand(caller: Principal, prompt: string, options: ExpandOptions = {}): Promise<string[]> {
    this.check(prompt, options);
    const leave = this.turnstile.enter(caller.userId);
    try {
      return await this.collect(prompt, options);
    } finally {
      leave();
    }
  }

  private check(prompt: string, { variations = 1, style = '', modelFamily = '' }: ExpandOptions) {
    assertPrompt(prompt, this.config.generate.promptLimit);
    const problems = [
      ...(Number.isInteger(variations) && variations >= 1 && variations <= VARIATIONS_LIMIT
        ? []
        : [{ field: 'variations', message: `variations must be 1 to ${VARIATIONS_LIMIT}.` }]),
      ...Object.entries({ style, model_family: modelFamily }).flatMap(([field, text]) =>
        text.length <= STYLE_LENGTH
          ? []
          : [{ field, message: `${field} must be a text of at most ${STYLE_LENGTH} characters.` }],
      ),
    ];
    if (problems.length > 0) throw new ValidationError(problems);
  }

  /** Asks for all at once; what a small model leaves out is asked for one by one. */
  private async collect(
    prompt: string,
    { modelFamily, variations = 1, style, signal = new AbortController().signal }: ExpandOptions,
  ): Promise<string[]> {
    const chosen = await this.models.choose('assistant', signal);
    const system = (count: number): string => expansionPrompt({ modelFamily, style, count });
    const found: string[] = [];
    if (variations > 1) {
      const answer = await this.ask(chosen, system(variations), prompt, signal);
      found.push(...promptsIn(answer).map((one) => this.tidy(one)));
    }
    while (found.length < variations) {
      const others = found.length > 0 ? `\n\nDifferent from: ${found.join(' | ')}` : '';
      const one = this.tidy(await this.ask(chosen, system(1), `${prompt}${others}`, signal));
      if (one === '') throw TextError.badAnswer('is empty');
      found.push(one);
    }
    return found.slice(0, variations);
  }

  private async ask(
    chosen: ChosenModel,
    system: string,
    prompt: string,
    signal: AbortSignal,
  ): Promise<string> {
    const messages = [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: prompt },
    ];
    const { content } = await this.models.answer(chosen, { messages }, signal);
    return content;
  }

  private tidy(answer: string): string {
    return tidyPrompt(answer, this.config.generate.promptLimit);
  }
}
