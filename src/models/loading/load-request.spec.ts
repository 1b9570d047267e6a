import { describe, expect, it } from 'vitest';
import { FakeEngine } from '../../engine/index.js';
import { COMPONENTS } from './components.js';
import { LOAD_OPTIONS } from './load-options.js';
import { componentFields, optionFields, readLoadRequest } from './load-request.js';

const facts = await FakeEngine.instant().facts();

describe('a request to load', () => {
  it('takes every option of loading, and tells it again in the same words', () => {
    const values = { integer: 1, number: 1, boolean: true, text: 'layers=f16' } as const;
    const body = Object.fromEntries(
      Object.entries(LOAD_OPTIONS).map(([field, option]) => [
        field,
        option.type === 'choice' ? facts[option.of][0] : values[option.type],
      ]),
    );
    const { options, parts } = readLoadRequest(body, facts);
    expect(parts).toEqual([]);
    expect(Object.keys(options)).toHaveLength(Object.keys(LOAD_OPTIONS).length);
    expect(optionFields(options)).toEqual(body);
  });

  it.each(Object.entries(COMPONENTS))('takes %s, by its short name too', (field, option) => {
    const { part } = option;
    const fields = 'short' in option ? [field, option.short] : [field];
    for (const name of fields) {
      const { parts } = readLoadRequest({ [name]: 'a name' }, facts);
      expect(parts).toMatchObject([{ field: name, option: { part }, wanted: 'a name' }]);
    }
    const short = fields.at(-1)!;
    expect(componentFields({ [part]: '/models/a' }, (path) => path)).toEqual({
      [short]: '/models/a',
    });
  });

  it.each([undefined, null, {}, { vae: null, n_threads: null, llm: '' }])(
    'may say nothing: %j',
    (body) => {
      expect(readLoadRequest(body, facts)).toEqual({ options: {}, parts: [] });
    },
  );

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ constructor: 'x' }, 'constructor'],
    [{ n_threads: -1 }, 'n_threads'],
    [{ n_threads: 1.5 }, 'n_threads'],
    [{ max_vram: 'all' }, 'max_vram'],
    [{ vae_on_cpu: 'yes' }, 'vae_on_cpu'],
    [{ weight_type: 'q0' }, 'weight_type'],
    [{ vae: 7 }, 'vae'],
    [{ llm: 'a\0b' }, 'llm'],
    [{ vae: 'a', vae_path: 'b' }, 'vae_path'],
    [{ width: 64 }, 'width'],
  ])('is refused with the name of the field: %j', (body, field) => {
    expect(() => readLoadRequest(body, facts)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_ERROR',
        problems: [expect.objectContaining({ field })],
      }),
    );
  });

  it.each([[[]], ['text'], [7]])('that is no object is refused: %j', (body) => {
    expect(() => readLoadRequest(body, facts)).toThrow('The body must be a JSON object.');
  });
});
