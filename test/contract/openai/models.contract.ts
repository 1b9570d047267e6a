import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenai, type OpenaiServer } from '../../support/openai.js';

let openai: OpenaiServer;

beforeAll(async () => {
  openai = await startOpenai();
});

afterAll(() => openai.close());

const OPENAI_FORM = {
  id: 'tiny-emoji',
  object: 'model',
  created: expect.any(Number) as number,
  owned_by: 'atelier',
};

const ANTHROPIC_FORM = {
  type: 'model',
  id: 'tiny-emoji',
  display_name: 'tiny-emoji',
  created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
};

const ANTHROPIC = { 'anthropic-version': '2023-06-01' };

describe('GET /v1/models', () => {
  it('lists what draws in the form of OpenAI', async () => {
    const { status, body } = await openai.anna.get('/models');
    expect([status, body]).toEqual([200, { object: 'list', data: [OPENAI_FORM] }]);
  });

  it('lists it in the form of Anthropic for who speaks that', async () => {
    const { body } = await openai.anna.get('/models', ANTHROPIC);
    expect(body).toEqual({
      data: [ANTHROPIC_FORM],
      has_more: false,
      first_id: 'tiny-emoji',
      last_id: 'tiny-emoji',
    });
  });

  it('is not for strangers', async () => {
    expect((await openai.stranger.get('/models')).status).toBe(401);
  });
});

describe('GET /v1/models/{model}', () => {
  it('shows one in either form', async () => {
    expect((await openai.anna.get('/models/tiny-emoji')).body).toEqual(OPENAI_FORM);
    expect((await openai.anna.get('/models/tiny-emoji', ANTHROPIC)).body).toEqual(ANTHROPIC_FORM);
  });

  it('shows the default model under the names that stand for it', async () => {
    expect((await openai.anna.get('/models/dall-e-3')).body).toEqual(OPENAI_FORM);
  });

  it('does not know another one', async () => {
    const { status, body } = await openai.anna.get('/models/gpt-5');
    expect([status, body['error']]).toEqual([
      404,
      {
        message: expect.stringContaining('gpt-5') as string,
        type: 'invalid_request_error',
        code: 'model_not_found',
        param: 'model',
      },
    ]);
  });
});
