import { describe, expect, it } from 'vitest';
import { adviceFor, lineOf, newLine, withEvent } from './conversation-line.js';

const event = (name: string, data: object) => ({ event: name, data: JSON.stringify(data) });

const CALL = {
  name: 'get_models',
  parameters: {},
  result: { total: 1 },
  executed_on_backend: true,
};

describe('withEvent', () => {
  it('puts an answer together', () => {
    const line = [
      event('thinking', { content: 'hm' }),
      event('content', { content: 'You ' }),
      event('tool_call', CALL),
      event('content', { content: 'have one.' }),
    ].reduce(withEvent, newLine('assistant'));
    expect(line).toMatchObject({
      content: 'You have one.',
      thinking: 'hm',
      tool_calls: [CALL],
      state: 'streaming',
    });
  });

  it('believes the whole answer at the end', () => {
    const actions = [{ type: 'generate', parameters: { prompt: 'a' }, confirm: true }];
    const whole = { message: 'You have two.', thinking: '', actions, tool_calls: [] };
    const begun = withEvent(newLine('assistant'), event('content', { content: 'You ha' }));
    expect(withEvent(begun, event('done', whole))).toMatchObject({
      content: 'You have two.',
      actions,
      state: 'done',
    });
  });

  it('keeps what came before an error, and its kind', () => {
    const begun = withEvent(newLine('assistant'), event('content', { content: 'You ha' }));
    const error = { error: { message: 'It took too long.' }, category: 'timeout' };
    expect(withEvent(begun, event('error', error))).toMatchObject({
      content: 'You ha',
      state: 'failed',
      trouble: { category: 'timeout', message: 'It took too long.' },
    });
  });

  it('passes over what is not known', () => {
    const line = newLine('assistant');
    expect(withEvent(line, event('later', {}))).toBe(line);
  });
});

describe('lineOf', () => {
  it('is a line that is done, with an id of its own', () => {
    const message = {
      role: 'assistant' as const,
      content: 'hi',
      timestamp: 0,
      thinking: '',
      actions: [],
      tool_calls: [],
    };
    const [one, other] = [lineOf(message), lineOf(message)];
    expect(one).toMatchObject({ content: 'hi', state: 'done' });
    expect(one.id).not.toBe(other.id);
  });
});

describe('adviceFor', () => {
  it.each([
    ['auth', true, /settings, then/],
    ['transport', false, /administrator/],
    ['timeout', true, /try again/],
  ])('of %s', (category, maySet, advice) => {
    expect(adviceFor({ category, message: '' }, maySet)).toMatch(advice);
  });
});
