import { describe, expect, it } from 'vitest';
import { actionText, addressOf, choiceOf, drawingOf, isKnown, questionText } from './actions.js';

const action = (type: string, parameters: Record<string, unknown> = {}) => ({
  type,
  parameters,
  confirm: true,
});

describe('isKnown', () => {
  it.each([
    ['load_model', {}, true],
    ['generate', { type: 'txt2img' }, true],
    ['generate', { type: 'img2img' }, false],
    ['set_setting', {}, false],
    ['constructor', {}, false],
  ])('of %s %j', (type, parameters, known) =>
    expect(isKnown(action(type, parameters))).toBe(known),
  );
});

describe('actionText', () => {
  it('says what it concerns', () => {
    expect(actionText(action('load_model', { model_name: 'a', vae: 'b' }))).toEqual({
      title: 'Load a model',
      button: 'Load',
      detail: 'a',
    });
  });

  it('names what is not known as the assistant does', () => {
    expect(actionText(action('set_setting', { field: 'steps', value: 3 }))).toMatchObject({
      title: 'set setting',
      detail: 'steps · 3',
    });
  });
});

describe('questionText', () => {
  it('says all of it', () => {
    const given = { job_ids: ['1', '2'], more: { deep: true }, none: '' };
    expect(questionText(action('delete_jobs', given))).toBe('job ids: 1, 2; more: {"deep":true}');
    expect(questionText(action('unload_model'))).not.toBe('');
  });
});

describe('addressOf', () => {
  it('is a view of ours, or none', () => {
    expect(addressOf('Generate')).toBe('/create');
    expect(addressOf('//elsewhere.example')).toBeUndefined();
  });
});

describe('choiceOf', () => {
  it('has the answers to choose from', () => {
    const asked = action('ask_user', { question: 'Which?', options: ['a', 2] });
    expect(choiceOf(asked)).toEqual({ question: 'Which?', options: ['a', '2'] });
    expect(choiceOf(action('generate', { options: [] }))).toBeUndefined();
  });
});

describe('drawingOf', () => {
  it('says what the API knows, by its names', () => {
    const given = {
      type: 'txt2img',
      prompt: 'x',
      distilled_guidance: 3,
      continue_on_complete: true,
    };
    expect(drawingOf(given, ['prompt', 'guidance', 'steps'])).toEqual({ prompt: 'x', guidance: 3 });
  });
});
