import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../auth/index.js';
import { messageOf } from '../common/index.js';
import type { EndpointKind } from '../config/index.js';
import type { TextModelFacts } from './chat/chat-port.js';
import { TextError } from './text.errors.js';
import { TextModels } from './text-models.js';
import { TextSettings, type TextUse } from './text-settings.js';

/** Milliseconds that the endpoint has to show that it is there. */
const PATIENCE_MS = 5000;

/** How it stands with the language model of a use. */
export interface TextState {
  enabled: boolean;
  /** Whether it is switched on and has an endpoint, which may answer or not. */
  configured: boolean;
  /** Whether the endpoint answered just now. */
  connected: boolean;
  /** Only for those who may manage it, because it may tell of a private network; else empty. */
  endpoint: string;
  kind: EndpointKind;
  /** The one that is asked; empty where there is none. */
  model: string;
  /** Names of all that the endpoint has; empty where it did not answer. */
  models: string[];
  proactiveSuggestions: boolean;
  timeoutSeconds: number;
  maxHistory: number;
  /** Why it is not connected; null where it is. */
  problem: string | null;
}

/** Tells how it stands with the language models. */
@Injectable()
export class TextStatus {
  constructor(
    private readonly settings: TextSettings,
    private readonly textModels: TextModels,
  ) {}

  /** Waits a few seconds at most, and throws nothing where the endpoint fails. */
  async of(caller: Principal, use: TextUse): Promise<TextState> {
    const settings = await this.settings.inForce(use);
    const { models, problem } = await this.look(use, settings.enabled);
    const { enabled, endpoint, kind, model, proactiveSuggestions, timeoutSeconds, maxHistory } =
      settings;
    return {
      enabled,
      configured: enabled && endpoint !== '',
      connected: problem === null,
      endpoint: can(caller, 'text:manage') ? endpoint : '',
      kind,
      model: model || (models[0] ?? ''),
      models,
      proactiveSuggestions,
      timeoutSeconds,
      maxHistory,
      problem,
    };
  }

  /** Names of the models that can be chosen for a use. @throws TextError */
  models(use: TextUse, signal = new AbortController().signal): Promise<string[]> {
    return this.textModels.names(use, signal);
  }

  /** What is known of a model; of the chosen one where none is named. @throws TextError */
  describe(
    use: TextUse,
    model = '',
    signal = new AbortController().signal,
  ): Promise<TextModelFacts & { hasVision: boolean }> {
    return this.textModels.describe(use, model, signal).then((facts) => ({
      ...facts,
      hasVision: facts.capabilities.includes('vision'),
    }));
  }

  private async look(
    use: TextUse,
    enabled: boolean,
  ): Promise<{ models: string[]; problem: string | null }> {
    if (!enabled) return { models: [], problem: TextError.disabled().message };
    try {
      const { signal } = new AbortController();
      return { models: await this.textModels.names(use, signal, PATIENCE_MS), problem: null };
    } catch (error) {
      if (error instanceof TextError) return { models: [], problem: messageOf(error) };
      throw error;
    }
  }
}
