import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Needs } from '../../../auth/index.js';
import { GenerateService } from '../../../generate/index.js';
import { Describe } from '../errors.js';
import {
  describeGeneration,
  describeLoading,
  DESCRIPTIONS_EXAMPLE,
  DESCRIPTIONS_SCHEMA,
  type Descriptions,
} from './descriptions.js';
import { quantizationTypes, type QuantizationType } from './quantization.js';

const NAMES = { type: 'array', items: { type: 'string' } };

interface Options {
  samplers: string[];
  schedulers: string[];
  quantization_types: QuantizationType[];
}

/** Seed sdcpp-restapi, "Server Options"; what the web UI explains its fields with. */
@ApiTags('options')
@Controller('sdcpp/options')
export class SdcppOptionsController {
  constructor(private readonly generate: GenerateService) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'Samplers, schedulers and weight types',
    schema: {
      type: 'object',
      required: ['samplers', 'schedulers', 'quantization_types'],
      additionalProperties: false,
      properties: {
        samplers: NAMES,
        schedulers: NAMES,
        quantization_types: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'name', 'bits'],
            additionalProperties: false,
            properties: {
              id: { type: 'string' },
              name: { type: 'string' },
              bits: { type: 'integer' },
            },
          },
        },
      },
    } as object,
    example: {
      samplers: ['euler', 'euler_a', 'dpm++2m'],
      schedulers: ['discrete', 'karras'],
      quantization_types: [{ id: 'q8_0', name: 'Q8_0 (8-bit)', bits: 8 }],
    },
  })
  async options(): Promise<Options> {
    const { facts } = await this.generate.context();
    const { samplers, schedulers, weightTypes } = facts;
    return { samplers, schedulers, quantization_types: quantizationTypes(weightTypes) };
  }

  @Get('descriptions')
  @Needs('model:read')
  @Describe({
    summary: 'What the ways to load a model mean',
    schema: DESCRIPTIONS_SCHEMA,
    example: DESCRIPTIONS_EXAMPLE,
  })
  async descriptions(): Promise<Descriptions> {
    return describeLoading(await this.generate.context());
  }

  @Get('generation')
  @Needs('model:read')
  @Describe({
    summary: 'What the fields of a generation mean',
    schema: DESCRIPTIONS_SCHEMA,
    example: DESCRIPTIONS_EXAMPLE,
  })
  async generation(): Promise<Descriptions> {
    return describeGeneration(await this.generate.context());
  }
}
