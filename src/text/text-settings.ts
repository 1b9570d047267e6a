import { Injectable } from '@nestjs/common';
import { ValidationError, type FieldProblem } from '../common/index.js';
import {
  addressProblem,
  ENDPOINT_KINDS,
  TEXT_BOUNDS,
  type Config,
  type EndpointKind,
} from '../config/index.js';
import {
  MASK,
  RuntimeSettings,
  type SettingActor,
  type SettingChanges,
  type SettingGroup,
} from '../settings/index.js';
import { ASSISTANT_PROMPT, ENHANCE_PROMPT } from './system-prompts.js';

/** What language models are used for here; each has settings of its own. */
export type TextUse = 'enhance' | 'assistant';

/** How a language model is used. */
export interface TextFields {
  enabled: boolean;
  /** Empty: that of the other use. */
  endpoint: string;
  kind: EndpointKind;
  /** Empty: the first that the endpoint has. */
  model: string;
  temperature: number;
  maxTokens: number;
  /** For one answer. */
  timeoutSeconds: number;
  /** For each user: prompts that were made better, or questions to the assistant with their answers. */
  maxHistory: number;
  /** Empty: the server's own. */
  systemPrompt: string;
  /** Whether user interfaces ask the assistant by themselves when something fails. */
  proactiveSuggestions: boolean;
  /** Never shown. */
  apiKey: string;
}

/** What to change; null puts back what is configured. The mask as `apiKey` leaves it as it is. */
export type TextSettingsChanges = SettingChanges<TextFields>;

/** The settings as administrators see them. */
export interface TextSettingsView extends Omit<TextFields, 'apiKey'> {
  /** The one in force. */
  systemPrompt: string;
  defaultSystemPrompt: string;
  hasApiKey: boolean;
}

/** Characters. */
export const TEXT_LENGTHS = {
  endpoint: 1000,
  model: 200,
  systemPrompt: 20_000,
  apiKey: 4000,
} as const;

const OWN_PROMPTS: Record<TextUse, string> = {
  enhance: ENHANCE_PROMPT,
  assistant: ASSISTANT_PROMPT,
};

function groupOf(use: TextUse): SettingGroup<TextFields> {
  return {
    name: `text.${use}`,
    secrets: ['apiKey'],
    defaults: ({ text }: Config) => ({
      enabled: text.enabled,
      endpoint: text.endpoint,
      kind: text.endpointKind,
      model: text.model,
      temperature: text.temperature,
      maxTokens: text.maxTokens,
      timeoutSeconds: text.timeoutSeconds,
      maxHistory: use === 'enhance' ? text.enhanceHistory : text.assistantHistory,
      systemPrompt: use === 'enhance' ? text.enhancePrompt : text.assistantPrompt,
      proactiveSuggestions: text.suggestions,
      apiKey: text.apiKey,
    }),
  };
}

const GROUPS = { enhance: groupOf('enhance'), assistant: groupOf('assistant') };

/** Names of the fields as the API spells them, for messages. */
const WIRE_NAMES: Partial<Record<keyof TextFields, string>> = {
  maxTokens: 'max_tokens',
  timeoutSeconds: 'timeout_seconds',
  maxHistory: 'max_history',
  systemPrompt: 'system_prompt',
  apiKey: 'api_key',
};

/** How language models are used, as configured and as administrators have changed it since. */
@Injectable()
export class TextSettings {
  constructor(private readonly settings: RuntimeSettings) {}

  /**
   * What is in force, the key included. A use without an endpoint of its own takes endpoint, kind, model
   * and key of the other.
   */
  async inForce(use: TextUse): Promise<TextFields> {
    const own = await this.own(use);
    if (own.endpoint !== '') return own;
    const { endpoint, kind, model, apiKey } = await this.own(
      use === 'enhance' ? 'assistant' : 'enhance',
    );
    return { ...own, endpoint, kind, model: own.model || model, apiKey };
  }

  async view(use: TextUse): Promise<TextSettingsView> {
    return toView(use, await this.own(use));
  }

  /**
   * Changes what is given. A key belongs to the server that it was set for: another endpoint without a key
   * has none, so that nobody who may change the address can have the key sent to themselves.
   * @throws ValidationError
   */
  async change(
    use: TextUse,
    changes: TextSettingsChanges,
    actor: SettingActor,
  ): Promise<TextSettingsView> {
    const wanted = tidy(changes);
    const problems = problemsOf(wanted);
    if (problems.length > 0) throw new ValidationError(problems);
    const before = await this.settings.get(GROUPS[use]);
    const keyStays = wanted.apiKey === undefined;
    const moves =
      typeof wanted.endpoint === 'string' &&
      originOf(wanted.endpoint) !== originOf(before.endpoint);
    if (keyStays && moves) wanted.apiKey = '';
    if (keyStays && wanted.endpoint === null) wanted.apiKey = null;
    return toView(use, await this.settings.change(GROUPS[use], wanted, actor));
  }

  private async own(use: TextUse): Promise<TextFields> {
    const fields = await this.settings.get(GROUPS[use]);
    return { ...fields, systemPrompt: fields.systemPrompt || OWN_PROMPTS[use] };
  }
}

function toView(use: TextUse, { apiKey, ...fields }: TextFields): TextSettingsView {
  return {
    ...fields,
    systemPrompt: fields.systemPrompt || OWN_PROMPTS[use],
    defaultSystemPrompt: OWN_PROMPTS[use],
    hasApiKey: apiKey !== '',
  };
}

function originOf(address: string): string {
  return URL.parse(address)?.origin ?? '';
}

/** Without spaces around addresses and keys, and without the mask of a client that sends all back. */
function tidy({ ...changes }: TextSettingsChanges): TextSettingsChanges {
  for (const name of ['endpoint', 'model', 'apiKey'] as const) {
    const value = changes[name];
    if (typeof value === 'string') changes[name] = value.trim();
  }
  if (changes.apiKey === MASK) delete changes.apiKey;
  return changes;
}

function problemsOf(changes: TextSettingsChanges): FieldProblem[] {
  return (Object.entries(changes) as [keyof TextFields, unknown][]).flatMap(([name, value]) => {
    const problem = value === undefined || value === null ? undefined : problemWith(name, value);
    if (problem === undefined) return [];
    const field = WIRE_NAMES[name] ?? name;
    return [{ field, message: `${field} must be ${problem}.` }];
  });
}

function problemWith(name: keyof TextFields, value: unknown): string | undefined {
  switch (name) {
    case 'enabled':
    case 'proactiveSuggestions':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'kind':
      return ENDPOINT_KINDS.some((kind) => kind === value)
        ? undefined
        : `one of ${ENDPOINT_KINDS.join(', ')}`;
    case 'temperature':
    case 'maxTokens':
    case 'timeoutSeconds':
    case 'maxHistory':
      return numberProblem(name, value);
    case 'endpoint':
      return textProblem(name, value) ?? (value === '' ? undefined : addressProblem(String(value)));
    case 'model':
    case 'systemPrompt':
      return textProblem(name, value);
    case 'apiKey':
      return textProblem(name, value) ?? keyProblem(String(value));
  }
}

function numberProblem(name: keyof typeof TEXT_BOUNDS, value: unknown): string | undefined {
  const { min, max } = TEXT_BOUNDS[name];
  const isNumber = name === 'temperature' ? Number.isFinite(value) : Number.isInteger(value);
  if (isNumber && Number(value) >= min && Number(value) <= max) return undefined;
  return `a ${name === 'temperature' ? '' : 'whole '}number from ${min} to ${max}`;
}

function textProblem(name: keyof typeof TEXT_LENGTHS, value: unknown): string | undefined {
  const limit = TEXT_LENGTHS[name];
  if (typeof value === 'string' && value.length <= limit) return undefined;
  return `a text of at most ${limit} characters`;
}

/** It is sent in a header. */
function keyProblem(value: string): string | undefined {
  return /^[\x21-\x7e]*$/.test(value) ? undefined : 'of visible ASCII characters, without spaces';
}
