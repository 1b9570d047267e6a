import { useQuery } from '@pinia/colada';
import { computed } from 'vue';
import { factsParameters, modelsList, type ModelView } from '../../api/client.js';
import type { ModelType, Option, Parameters } from './parameters.js';

const NO_MODELS: readonly ModelView[] = [];
const NO_PARAMETERS: Parameters = {};

/** The table of options and the models of this server. */
export function useCatalog() {
  const parameters = useQuery({ key: ['parameters'], query: () => factsParameters() });
  const models = useQuery({
    key: ['models', 'all'],
    query: () => modelsList({ query: { limit: 0 } }),
  });
  return {
    parameters: computed(() => parameters.data.value?.parameters ?? NO_PARAMETERS),
    models: computed(() => models.data.value?.models ?? NO_MODELS),
    pending: computed(() => parameters.isPending.value || models.isPending.value),
    error: computed(() => parameters.error.value ?? models.error.value),
    /** Asks again, for what is loaded changes. */
    refresh: () => Promise.all([parameters.refresh(), models.refetch()]),
  };
}

/** A model's name without the ending of its file, as prompts and options have it. */
export function shortName(name: string): string {
  return name.replace(/\.(safetensors|sft|gguf|ckpt|pth?|bin)$/i, '');
}

/** The models that an option can name. */
export function modelsFor(
  { model_types: types }: Pick<Option, 'model_types'>,
  models: readonly ModelView[],
): ModelView[] {
  const wanted: readonly ModelType[] = types ?? [];
  return models.filter(({ type }) => wanted.includes(type));
}
