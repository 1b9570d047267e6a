import { ApiProperty } from '@nestjs/swagger';
import { MODEL_TYPES, type ModelType } from './model-type.js';

/** A model in memory. */
export class LoadedModelView {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ enum: MODEL_TYPES })
  type!: ModelType;

  @ApiProperty({ type: 'integer', description: 'Bytes that it takes, estimated by its files.' })
  memory_estimate!: number;

  @ApiProperty({ description: 'Whether a job works with it, so that it cannot be unloaded.' })
  in_use!: boolean;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  since!: number;

  @ApiProperty({ type: 'integer', description: 'Unix time in seconds.' })
  last_used!: number;
}

/** All models at a glance. */
export class ModelSummary {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many there are of each type; types without any are left out.',
  })
  by_type!: Partial<Record<ModelType, number>>;

  @ApiProperty({ type: 'integer', description: 'Files whose header cannot be read.' })
  problems!: number;

  @ApiProperty({ type: [LoadedModelView], description: 'The least recently used first.' })
  loaded!: LoadedModelView[];

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Bytes that the loaded ones may take together; null: no bound.',
  })
  memory_limit!: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'How many stay in memory; as many upscalers beside them.',
  })
  kept!: number;
}

export const EXAMPLE_SUMMARY: ModelSummary = {
  by_type: { checkpoint: 3, lora: 12 },
  problems: 1,
  loaded: [
    {
      id: '3f1d7b6c2a105f0d',
      name: 'sd_xl_base_1.0.safetensors',
      type: 'checkpoint',
      memory_estimate: 6_938_078_334,
      in_use: false,
      since: 1_763_700_100,
      last_used: 1_763_700_400,
    },
  ],
  memory_limit: 12_884_901_888,
  kept: 2,
};
