import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import { Needs, Public } from '../auth/index.js';
import { LargeBody } from '../bodies/index.js';
import { Describe, InvalidParametersError } from '../common/index.js';
import { EstimateService, type Estimate } from './estimate.service.js';
import { FactsService, type Validation } from './facts.service.js';
import { GENERATION_KINDS, type GenerationKind } from './options/index.js';
import { EXAMPLE_REQUESTS } from './options-schema.js';
import { PARAMETER_SCHEMA, type ParameterFacts } from './parameter-facts.js';

const NAMES = { type: 'array', items: { type: 'string' } };
const ANY_REQUEST = {
  type: 'object' as const,
  properties: {
    kind: { type: 'string' as const, enum: [...GENERATION_KINDS], default: 'text2img' },
  },
  additionalProperties: true,
};

const PROBLEM = {
  type: 'object',
  required: ['field', 'message'],
  properties: { field: { type: 'string' }, message: { type: 'string' } },
};

const BYTES = { type: 'integer', minimum: 0 };
const JOBS = { type: 'integer', minimum: 0, description: 'Finished jobs that it was learnt from.' };
const ESTIMATE = {
  type: 'object',
  required: [
    'time_ms',
    'based_on',
    'memory_bytes',
    'memory_based_on',
    'device_memory_bytes',
    'cost',
  ],
  properties: {
    time_ms: {
      ...BYTES,
      nullable: true,
      description: 'Null while there is nothing to learn from.',
    },
    based_on: JOBS,
    memory_bytes: {
      ...BYTES,
      description: 'At the peak; where `memory_based_on` is 0, the size of the files of the model.',
    },
    memory_based_on: JOBS,
    device_memory_bytes: { ...BYTES, nullable: true, description: 'Null where none was measured.' },
    cost: { type: 'number', description: 'Megapixel-steps.' },
  },
};

/** Splits a body into the kind of generation and its options. */
function split(body: unknown): { kind: GenerationKind; options: Record<string, unknown> } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidParametersError('The body must be a JSON object.');
  }
  const { kind = 'text2img', ...options } = body as Record<string, unknown>;
  const known = GENERATION_KINDS.find((name) => name === kind);
  if (!known)
    throw new InvalidParametersError(`kind must be one of ${GENERATION_KINDS.join(', ')}.`);
  return { kind: known, options };
}

/** Seed stable-diffusion-cpp-rest, "Utilities". */
@ApiTags('utilities')
@Controller('api')
export class FactsController {
  constructor(
    private readonly facts: FactsService,
    private readonly estimates: EstimateService,
  ) {}

  @Get('samplers')
  @Needs('model:read')
  @Describe({
    summary: 'Samplers of the engine',
    schema: { type: 'object', required: ['samplers'], properties: { samplers: NAMES } },
    example: { samplers: ['euler', 'euler_a', 'dpmpp2m'] },
  })
  async samplers(): Promise<{ samplers: string[] }> {
    return { samplers: await this.facts.samplers() };
  }

  @Get('schedulers')
  @Needs('model:read')
  @Describe({
    summary: 'Schedulers of the engine',
    schema: { type: 'object', required: ['schedulers'], properties: { schedulers: NAMES } },
    example: { schedulers: ['discrete', 'karras'] },
  })
  async schedulers(): Promise<{ schedulers: string[] }> {
    return { schedulers: await this.facts.schedulers() };
  }

  @Get('parameters')
  @Needs('model:read')
  @Describe({
    summary: 'Every option of a generation with its bounds and its default',
    schema: {
      type: 'object',
      required: ['parameters'],
      properties: { parameters: { type: 'object', additionalProperties: PARAMETER_SCHEMA } },
    },
    example: {
      parameters: {
        width: {
          type: 'integer',
          description: 'Width in pixels.',
          min: 64,
          max: 4096,
          step: 8,
          default: 1024,
          group: 'basic',
          kinds: ['text2img'],
          required_for: [],
        },
      },
    },
  })
  async parameters(): Promise<{ parameters: Record<string, ParameterFacts> }> {
    return { parameters: await this.facts.parameters() };
  }

  @Post('validate')
  @LargeBody()
  @HttpCode(200)
  @Public()
  @ApiBody({ schema: ANY_REQUEST, examples: { apple: { value: EXAMPLE_REQUESTS.text2img } } })
  @Describe({
    summary: 'Say what is wrong with a request, and what it would be corrected to',
    schema: {
      type: 'object',
      required: ['valid', 'errors', 'corrected'],
      properties: {
        valid: { type: 'boolean' },
        errors: { type: 'array', items: PROBLEM },
        corrected: { type: 'object', additionalProperties: true },
      },
    },
    example: {
      valid: false,
      errors: [{ field: 'steps', message: 'steps must be a whole number from 1 to 150.' }],
      corrected: { prompt: 'red apple', steps: 1 },
    },
  })
  async validate(@Body() body: unknown): Promise<Validation> {
    const { kind, options } = split(body);
    return this.facts.validate(kind, options);
  }

  @Post('estimate')
  @LargeBody()
  @HttpCode(200)
  @Needs('job:create')
  @ApiBody({ schema: ANY_REQUEST, examples: { apple: { value: EXAMPLE_REQUESTS.text2img } } })
  @Describe({
    summary:
      'Say how long a request would take and how much memory, learnt from the finished jobs of this machine',
    schema: {
      type: 'object',
      required: ['estimate'],
      properties: { estimate: ESTIMATE },
    },
    example: {
      estimate: {
        time_ms: 700,
        based_on: 12,
        memory_bytes: 141_033_472,
        memory_based_on: 12,
        device_memory_bytes: null,
        cost: 0.13,
      },
    },
  })
  async estimate(@Body() body: unknown): Promise<{ estimate: Estimate }> {
    const { kind, options } = split(body);
    return { estimate: await this.estimates.estimate(kind, options) };
  }
}
