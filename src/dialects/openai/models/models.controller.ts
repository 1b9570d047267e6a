import { Controller, Get, Headers, Param } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { unixSeconds } from '../../../common/index.js';
import { ModelNotFoundError, type Model } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { OpenaiModels } from './models.service.js';

const TEXT = { type: 'string' };

const OPENAI_MODEL = {
  type: 'object',
  required: ['id', 'object', 'created', 'owned_by'],
  additionalProperties: false,
  properties: {
    id: TEXT,
    object: { const: 'model' },
    created: { type: 'integer', description: 'Unix time in seconds.' },
    owned_by: TEXT,
  },
};

const ANTHROPIC_MODEL = {
  type: 'object',
  description: "Anthropic's form.",
  required: ['type', 'id', 'display_name', 'created_at'],
  additionalProperties: false,
  properties: {
    type: { const: 'model' },
    id: TEXT,
    display_name: TEXT,
    created_at: { type: 'string', format: 'date-time' },
  },
};

const NULLABLE_TEXT = { type: ['string', 'null'] };

const LIST = {
  oneOf: [
    {
      type: 'object',
      required: ['object', 'data'],
      additionalProperties: false,
      properties: { object: { const: 'list' }, data: { type: 'array', items: OPENAI_MODEL } },
    },
    {
      type: 'object',
      description: "Anthropic's form.",
      required: ['data', 'has_more', 'first_id', 'last_id'],
      additionalProperties: false,
      properties: {
        data: { type: 'array', items: ANTHROPIC_MODEL },
        has_more: { const: false },
        first_id: NULLABLE_TEXT,
        last_id: NULLABLE_TEXT,
      },
    },
  ],
};

const EXAMPLE = {
  id: 'tiny-emoji',
  object: 'model',
  created: 1_763_700_000,
  owned_by: 'atelier',
};

const DETAILS = "In Anthropic's form for requests with the header `anthropic-version`.";

/** Every caller of Anthropic's API sends it. */
const VERSION = 'anthropic-version';

interface Named {
  id: string;
  model: Model;
}

function openaiForm({ id, model }: Named) {
  const created = unixSeconds(model.modifiedAt);
  return { id, object: 'model', created, owned_by: 'atelier' };
}

function anthropicForm({ id, model }: Named) {
  const created_at = model.modifiedAt.toISOString();
  return { type: 'model', id, display_name: model.name, created_at };
}

/** The models that draw, as OpenAI's and Anthropic's packages list models. */
@ApiTags('models')
@Controller('v1/models')
export class OpenaiModelsController {
  constructor(private readonly models: OpenaiModels) {}

  @Get()
  @Needs('model:read')
  @ApiHeader({ name: VERSION, required: false })
  @Describe({
    summary: 'The models that draw',
    details: DETAILS,
    schema: LIST as object,
    example: { object: 'list', data: [EXAMPLE] },
  })
  async list(@Headers(VERSION) version?: string): Promise<object> {
    const models = await this.models.list();
    const named = await Promise.all(
      models.map(async (model) => ({ id: await this.models.idOf(model), model })),
    );
    if (version === undefined) return { object: 'list', data: named.map(openaiForm) };
    return {
      data: named.map(anthropicForm),
      has_more: false,
      first_id: named.at(0)?.id ?? null,
      last_id: named.at(-1)?.id ?? null,
    };
  }

  @Get(':model')
  @Needs('model:read')
  @ApiHeader({ name: VERSION, required: false })
  @Describe({
    summary: 'One model that draws',
    details: DETAILS,
    schema: { oneOf: [OPENAI_MODEL, ANTHROPIC_MODEL] } as object,
    example: EXAMPLE,
    errors: [new ModelNotFoundError('gpt-5', ['tiny-emoji'])],
  })
  async one(@Param('model') name: string, @Headers(VERSION) version?: string): Promise<object> {
    const model = await this.models.find(name);
    const named = { id: await this.models.idOf(model), model };
    return version === undefined ? openaiForm(named) : anthropicForm(named);
  }
}
