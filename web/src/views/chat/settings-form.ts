import type { TextSettingsChangeDto, TextSettingsDto } from '../../api/generated/types.gen.js';

/** The settings of a language model as a form holds them. */
export interface SettingsForm {
  enabled: boolean;
  endpoint: string;
  kind: TextSettingsDto['kind'];
  model: string;
  temperature?: number;
  max_tokens?: number;
  timeout_seconds?: number;
  max_history?: number;
  system_prompt: string;
  proactive_suggestions: boolean;
  /** What was typed; the key that is set is never shown. */
  api_key: string;
  forget_key: boolean;
}

export function formOf(settings: TextSettingsDto): SettingsForm {
  const { has_api_key: _, default_system_prompt: __, ...fields } = settings;
  return { ...fields, api_key: '', forget_key: false };
}

/** What differs from what is set. An emptied number goes back to what is configured. */
export function changesOf(form: SettingsForm, settings: TextSettingsDto): TextSettingsChangeDto {
  const { api_key: key, forget_key: forget, ...fields } = form;
  const changed = Object.entries(fields).filter(
    ([name, value]) => value !== settings[name as keyof TextSettingsDto],
  );
  return {
    ...Object.fromEntries(changed.map(([name, value]) => [name, value ?? null])),
    ...(key.trim() !== '' && { api_key: key.trim() }),
    ...(forget && key.trim() === '' && { api_key: '' }),
  };
}
