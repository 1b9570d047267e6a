import { describe, expect, it } from 'vitest';
import { changesOf, formOf } from './settings-form.js';

const SETTINGS = {
  enabled: true,
  endpoint: 'http://127.0.0.1:11434',
  kind: 'auto' as const,
  model: '',
  temperature: 0.7,
  max_tokens: 2048,
  timeout_seconds: 120,
  max_history: 50,
  system_prompt: 'Be brief.',
  default_system_prompt: 'Be brief.',
  proactive_suggestions: true,
  has_api_key: true,
};

describe('changesOf', () => {
  it('is nothing where nothing was changed', () => {
    expect(changesOf(formOf(SETTINGS), SETTINGS)).toEqual({});
  });

  it('is what was changed; an emptied number goes back', () => {
    const form = { ...formOf(SETTINGS), model: 'llama3.2', temperature: undefined };
    expect(changesOf(form, SETTINGS)).toEqual({ model: 'llama3.2', temperature: null });
  });

  it('sends a key only where one was typed, or none is wanted', () => {
    expect(changesOf({ ...formOf(SETTINGS), api_key: ' new ' }, SETTINGS)).toEqual({
      api_key: 'new',
    });
    expect(changesOf({ ...formOf(SETTINGS), forget_key: true }, SETTINGS)).toEqual({ api_key: '' });
  });
});
