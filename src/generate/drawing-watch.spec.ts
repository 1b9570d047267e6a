import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/index.js';
import { Audience } from '../events/index.js';
import type { Model } from '../models/index.js';
import type { RunningJob } from '../queue/index.js';
import { DrawingWatch } from './drawing-watch.js';
import type { PreviewWishes } from './preview-preferences.js';

const NONE = { mode: 'none' };

const JOB = { id: 'a job', ownerId: 'anna' } as RunningJob;
const MODEL = { preview: 'proj' } as Model;

function asked(
  wishes: PreviewWishes,
  { watched = true, hasTiny = false, previews = true } = {},
): unknown {
  const audience = new Audience();
  if (watched) audience.watch('anna');
  const config = loadConfig({ ATELIER_PREVIEWS: String(previews) });
  return new DrawingWatch(audience, config).preview(JOB, MODEL, 20, wishes, hasTiny);
}

describe('the previews that the engine is asked for', () => {
  it.each<[string, PreviewWishes, Parameters<typeof asked>[1], object]>([
    ['what suits the model', {}, {}, { mode: 'proj', interval: 1 }],
    ['nothing while nobody watches', {}, { watched: false }, NONE],
    [
      'what is wanted by who does not watch',
      { enabled: true },
      { watched: false },
      { mode: 'proj' },
    ],
    ['nothing for who wants none', { enabled: false }, {}, NONE],
    ['nothing in the mode none', { mode: 'none' }, {}, NONE],
    ['nothing where the server makes none', { enabled: true }, { previews: false }, NONE],
    ['what a fifth of the time allows', { mode: 'vae' }, {}, { mode: 'vae', share: 0.2 }],
    ['as many as are wanted', { mode: 'vae', interval: 2 }, {}, { mode: 'vae', interval: 2 }],
    ['the small decoder', { mode: 'tae' }, { hasTiny: true }, { mode: 'tae' }],
    ['another one where that is not loaded', { mode: 'tae' }, {}, { mode: 'proj' }],
  ])('are %s', (_, wishes, place, expected) => {
    expect(asked(wishes, place) ?? NONE).toMatchObject(expected);
  });

  it('may take what they take where their number is wanted', () => {
    expect(asked({ interval: 2 }, {})).not.toHaveProperty('share');
  });
});
