import { afterEach, describe, expect, it } from 'vitest';
import { bearer } from '../../support/auth.js';
import { jobEnd } from '../../support/jobs.js';
import { TextHouse } from '../../support/text-house.js';

let house: TextHouse;

afterEach(() => house.close());

describe('POST /api/expand', () => {
  it('answers with the prompt and what was made of it', async () => {
    house = await TextHouse.open();
    house.llm.say({ content: 'A ginger cat at dusk' });
    const { status, body } = await house.send(house.tokens.ann, 'POST', '/mold/api/expand', {
      prompt: 'a cat',
      model_family: 'flux',
      variations: 1,
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: { original: 'a cat', expanded: ['A ginger cat at dusk'] },
    });
  });

  it('says what to configure where there is no language model', async () => {
    house = await TextHouse.open({ env: { ATELIER_TEXT_ENDPOINT: '' } });
    const { status, body } = await house.send(house.tokens.ann, 'POST', '/mold/api/expand', {
      prompt: 'a cat',
    });
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'TEXT_NOT_CONFIGURED' });
    expect(body['error']).toContain('ATELIER_TEXT_ENDPOINT');
  });
});

describe('POST /api/generate with expand', () => {
  it('draws what the language model made of the prompt', async () => {
    house = await TextHouse.open();
    house.llm.say({ content: 'A ginger cat at dusk' });
    const reply = await house.app.inject({
      method: 'POST',
      url: '/mold/api/generate',
      headers: bearer(house.tokens.ann),
      payload: { prompt: 'a cat', expand: true, width: 64, height: 64, steps: 1 },
    });
    expect(reply.statusCode).toBe(200);
    const history = await house.send(house.tokens.ann, 'GET', '/api/queue/history');
    const [job] = history.body['jobs'] as { id: string; prompt: string }[];
    expect(job!.prompt).toBe('A ginger cat at dusk');
    const { origin } = await jobEnd(house.app, house.tokens.ann, job!.id);
    expect(origin).toMatchObject({ params: { prompt: 'a cat', expand: true } });
  });
});
