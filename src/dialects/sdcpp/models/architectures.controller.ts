import { Controller, Get, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn, Length } from 'class-validator';
import { Caller, Needs, type Principal } from '../../../auth/index.js';
import { Optional } from '../../../common/index.js';
import { ModelChoices } from '../../../generate/index.js';
import { DRAWABLE_TYPES, ModelNotFoundError } from '../../../models/index.js';
import { Describe } from '../errors.js';
import { allPresets, byName, presetFor, presetView, type ComponentForm } from './architectures.js';
import { DRAWING } from './choice.js';
import { SdcppNames } from './names.js';

const FORMS: readonly ComponentForm[] = ['object', 'list'];

/** How the parts of a model are listed: the document has a list of names, the web UI reads an object. */
export class SdcppArchitectureQuery {
  @ApiPropertyOptional({ enum: FORMS, default: 'object' })
  @Optional()
  @IsIn(FORMS, { message: `components must be one of ${FORMS.join(', ')}` })
  components?: ComponentForm;
}

export class SdcppDetectQuery extends SdcppArchitectureQuery {
  @ApiProperty({ maxLength: 1000, example: 'z_image_turbo-Q8_0.gguf' })
  @Length(1, 1000, { message: 'model is required' })
  model!: string;
}

type Preset = Record<string, unknown>;

const PARTS = {
  oneOf: [
    { type: 'object', additionalProperties: { type: 'string' } },
    { type: 'array', items: { type: 'string' } },
  ],
};

const PRESET = {
  type: 'object',
  required: ['id', 'name', 'display_name', 'requiredComponents', 'optionalComponents'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    display_name: { type: 'string' },
    description: { type: 'string' },
    aliases: { type: 'array', items: { type: 'string' } },
    requiredComponents: PARTS,
    optionalComponents: PARTS,
    loadOptions: { type: 'object', additionalProperties: true },
    imageEditMode: { type: 'string', enum: ['ref_images', 'init_image'] },
    generationDefaults: { type: 'object', additionalProperties: true },
    match: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

const PRESET_OR_NULL = { anyOf: [PRESET, { type: 'null' }] };

const EXAMPLE = {
  id: 'SDXL',
  name: 'Stable Diffusion XL',
  display_name: 'Stable Diffusion XL',
  requiredComponents: {},
  optionalComponents: { vae: 'Another VAE, for better colours' },
  generationDefaults: { width: 1024, height: 1024, steps: 25, cfg_scale: 7 },
};

/** Seed sdcpp-restapi, "Model Architecture". */
@ApiTags('models')
@Controller('sdcpp/architectures')
export class SdcppArchitecturesController {
  constructor(
    private readonly choices: ModelChoices,
    private readonly names: SdcppNames,
  ) {}

  @Get()
  @Needs('model:read')
  @Describe({
    summary: 'What architectures need, and that of the caller’s model',
    schema: {
      type: 'object',
      required: ['architectures', 'current_architecture', 'current_preset'],
      additionalProperties: false,
      properties: {
        architectures: { type: 'object', additionalProperties: PRESET },
        current_architecture: { type: ['string', 'null'] },
        current_preset: PRESET_OR_NULL,
      },
    } as object,
    example: {
      architectures: { SDXL: EXAMPLE },
      current_architecture: 'SDXL',
      current_preset: EXAMPLE,
    },
  })
  async all(
    @Caller() caller: Principal,
    @Query() { components: form = 'object' }: SdcppArchitectureQuery,
  ): Promise<Record<string, unknown>> {
    const { model, loading } = await this.choices.of(caller, DRAWING);
    const preset = model && !loading ? presetFor(model) : undefined;
    return {
      architectures: allPresets(form),
      current_architecture: preset?.id ?? null,
      current_preset: preset ? presetView(preset, form) : null,
    };
  }

  @Get('detect')
  @Needs('model:read')
  @Describe({
    summary: 'The architecture of a model: by its file, or by its name where it is not here',
    schema: {
      type: 'object',
      required: ['detected', 'architecture'],
      additionalProperties: false,
      properties: { detected: { type: 'boolean' }, architecture: PRESET_OR_NULL },
    } as object,
    example: { detected: true, architecture: EXAMPLE },
  })
  async detect(
    @Query() { model, components: form = 'object' }: SdcppDetectQuery,
  ): Promise<{ detected: boolean; architecture: Preset | null }> {
    const found = await this.names.find(model, DRAWABLE_TYPES).catch(nothingThere);
    const preset = found ? presetFor(found) : byName(model);
    return {
      detected: preset !== undefined,
      architecture: preset ? presetView(preset, form) : null,
    };
  }
}

function nothingThere(error: unknown): undefined {
  if (!(error instanceof ModelNotFoundError)) throw error;
}
