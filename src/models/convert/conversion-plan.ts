import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/index.js';
import { CONFIG, type Config } from '../../config/index.js';
import { IMAGE_ENGINE, type ImageEngine } from '../../engine/index.js';
import { GGML_TYPES } from '../headers/ggml-types.js';
import { safeWeightName } from '../hubs/weight-name.js';
import { ModelPlaces } from '../model-places.js';
import { MODEL_TYPES, type ModelType } from '../model-type.js';
import type { Model } from '../model.js';
import { ModelNotFoundError } from '../models.errors.js';
import { ModelsService } from '../models.service.js';
import { allPlaces, isInside } from '../places.js';
import type { ConversionRequest, WantedConversion } from './conversion-request.js';

/** What the file takes beyond its numbers: its header, and tensors that stay as they are. */
const MARGIN = 1.25;

const WRITTEN = new Set(['.gguf', '.safetensors']);

function wrong(field: string, message: string): never {
  throw new ValidationError([{ field, message: `${field} ${message}` }]);
}

function stem(path: string): string {
  return basename(path, extname(path));
}

/** Finds out from which file to which a conversion goes, and whether it may. */
@Injectable()
export class ConversionPlan {
  private readonly folders: string[];
  private readonly root: string;

  constructor(
    private readonly models: ModelsService,
    private readonly places: ModelPlaces,
    @Inject(IMAGE_ENGINE) private readonly engine: ImageEngine,
    @Inject(CONFIG) config: Config,
  ) {
    this.folders = allPlaces(config).map(({ folder }) => folder);
    this.root = config.storage.modelsDirs[0] ?? '';
  }

  /** @throws ValidationError, ModelNotFoundError, ModelFolderError, EngineError */
  async of(wanted: WantedConversion): Promise<ConversionRequest> {
    const { conversionTypes } = await this.engine.facts();
    const { outputType, tensorTypeRules, vae, modelType } = wanted;
    if (!conversionTypes.includes(outputType))
      wrong('output_type', `must be one of ${conversionTypes.join(', ')}.`);
    if (tensorTypeRules) checkRules(tensorTypeRules, conversionTypes);
    const input = await this.file(wanted.model, modelType ? [modelType] : MODEL_TYPES);
    const model = (await this.models.list()).find(({ path }) => path === input);
    const type = model?.type ?? modelType ?? 'checkpoint';
    return {
      input_path: input,
      output_path: await this.outputOf(wanted, { input, type, model }),
      output_type: outputType,
      model_type: type,
      vae_path: vae ? await this.file(vae, ['vae', 'taesd']) : null,
      tensor_type_rules: tensorTypeRules || null,
      estimate: await estimateOf(input, model, outputType),
    };
  }

  /** A model's main file by its name, or any file in a models folder by its path. */
  private async file(wanted: string, types: readonly ModelType[]): Promise<string> {
    if (!isAbsolute(wanted)) return this.models.part(types, wanted);
    const real = await this.inside(wanted);
    const found = real !== undefined && (await stat(real)).isFile();
    if (found) return wanted;
    throw new ModelNotFoundError(wanted, []);
  }

  private async inside(path: string): Promise<string | undefined> {
    if (path.includes('\0')) return undefined;
    const real = await realpath(path).catch(() => undefined);
    for (const folder of this.folders) {
      const root = await realpath(folder).catch(() => undefined);
      if (real !== undefined && root !== undefined && isInside(root, real)) return real;
    }
    return undefined;
  }

  private async outputOf(
    { output, outputType }: WantedConversion,
    from: { input: string; type: ModelType; model: Model | undefined },
  ): Promise<string> {
    const name = output ? basename(output) : `${stem(from.input)}.${outputType}.gguf`;
    const isGood = safeWeightName(name) === name && WRITTEN.has(extname(name).toLowerCase());
    if (!isGood || output?.includes('\0'))
      wrong('output', 'must end in the name of a .gguf or .safetensors file.');
    const folder = await this.folderOf(output, from);
    if (!(await this.places.owns(folder))) wrong('output', 'must lie in a models folder.');
    return join(folder, name);
  }

  private async folderOf(
    output: string | undefined,
    { input, type, model }: { input: string; type: ModelType; model: Model | undefined },
  ): Promise<string> {
    if (output && isAbsolute(output)) return dirname(output);
    if (output?.includes('/')) return join(this.root, dirname(output));
    // Beside the parts of a bundle a model would not be found.
    const beside = dirname(input);
    if (model?.format !== 'bundle' && (await this.places.owns(beside))) return beside;
    return this.places.folderOf(type);
  }
}

function checkRules(rules: string, types: readonly string[]): void {
  for (const rule of rules.split(',')) {
    const [pattern, type, more] = rule.split('=');
    const isGood = pattern && type && more === undefined && types.includes(type);
    if (!isGood)
      wrong(
        'tensor_type_rules',
        `must be rules such as attn=q8_0,norm=f16, with types of ${types.join(', ')}.`,
      );
  }
}

/** Bytes that the result will have, rather too many. */
async function estimateOf(input: string, model: Model | undefined, type: string): Promise<number> {
  const { size } = await stat(input);
  const kind = [...GGML_TYPES.values()].find(({ name }) => name === type);
  const parameters = model?.format === 'bundle' ? null : model?.parameters;
  if (!kind || !parameters) return size;
  return Math.ceil(((parameters * kind.bytes) / kind.elements) * MARGIN);
}
