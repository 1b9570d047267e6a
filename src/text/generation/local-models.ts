import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/index.js';
import { ModelRegistry, ModelsService, type Model } from '../../models/index.js';
import { NoTextModelError, TextModelNotFoundError } from './generation.errors.js';
import { TextResidency, type TextResident } from './text-residency.js';
import type { TextModelView } from './completion.js';

/** Architectures that make vectors and write nothing. */
const EMBEDDING_ARCHITECTURES = new Set([
  'bert',
  'nomic-bert',
  'nomic-bert-moe',
  'jina-bert-v2',
  'jina-bert-v3',
  'modern-bert',
  'gemma-embedding',
]);

/** Names as people write them: without the file's ending, `:` as Ollama has it, in any case. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.gguf$/, '')
    .replaceAll(':', '-');
}

/** The language models on this server's disk. */
@Injectable()
export class LocalTextModels {
  constructor(
    private readonly models: ModelsService,
    private readonly registry: ModelRegistry,
    private readonly residency: TextResidency,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** By name. */
  async list(): Promise<Model[]> {
    const all = await this.models.listOfType('llm');
    return all.filter(
      ({ format, problem, embedded }) => format === 'gguf' && problem === null && !embedded,
    );
  }

  /**
   * The model of this name, id or path below its models folder; the default one for an empty name. One that
   * appeared since the last look is found too.
   * @throws NoTextModelError, TextModelNotFoundError
   */
  async find(name: string): Promise<Model> {
    const known = await this.list();
    const wanted = name || this.config.text.defaultModel;
    const found = this.among(known, wanted);
    if (found) return found;
    if (wanted === '') {
      const first = known.find((model) => !isEmbedder(model));
      if (first) return first;
      throw new NoTextModelError();
    }
    const later = await this.registry.search(wanted, ['llm']);
    if (later?.format === 'gguf') return later;
    if (known.length === 0) throw new NoTextModelError();
    throw new TextModelNotFoundError(
      wanted,
      known.map((model) => model.name),
    );
  }

  async views(): Promise<TextModelView[]> {
    const [models, residents] = await Promise.all([this.list(), this.residency.loaded()]);
    const first = models.find((model) => !isEmbedder(model));
    const chosen = this.among(models, this.config.text.defaultModel) ?? first;
    return models.map((model) => toView(model, residents, model === chosen));
  }

  private among(models: readonly Model[], name: string): Model | undefined {
    if (name === '') return undefined;
    const plain = plainName(name);
    return models.find((model) =>
      [model.id, model.name, model.relativePath].some((one) => plainName(one) === plain),
    );
  }
}

export function isEmbedder({ architecture }: Model): boolean {
  return EMBEDDING_ARCHITECTURES.has(architecture ?? '');
}

function toView(
  model: Model,
  residents: readonly TextResident[],
  isDefault: boolean,
): TextModelView {
  const resident = residents.find((one) => one.model.id === model.id);
  const info = resident?.info;
  const capabilities = isEmbedder(model) ? ['embedding'] : ['chat', 'tools', 'json'];
  if (info?.thinking) capabilities.push('thinking');
  return {
    name: model.name,
    capabilities,
    contextLength: info?.trainContextSize ?? 0,
    parameters: model.parameters ?? 0,
    size: model.size,
    architecture: model.architecture ?? '',
    quantization: model.weightType ?? '',
    modifiedAt: model.modifiedAt,
    isDefault,
    engine: 'here',
    loaded:
      resident && info
        ? {
            contextSize: info.contextSize,
            gpuLayers: info.gpuLayers,
            memoryBytes: info.memory.ram + info.memory.device,
            active: resident.users,
            usedAt: resident.usedAt,
          }
        : null,
  };
}
