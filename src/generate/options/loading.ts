import { COMPONENTS, LOAD_OPTIONS } from '../../models/index.js';
import { GENERATION_KINDS, type OptionTable } from './option.js';
import { GUIDED_KINDS } from './pictures.js';

/** How the model is loaded, and of which parts; another choice here loads it anew. */
export const LOADING: OptionTable = {
  ...LOAD_OPTIONS,
  n_threads: { ...LOAD_OPTIONS.n_threads, kinds: GENERATION_KINDS },
  ...COMPONENTS,
  control_net: { ...COMPONENTS.control_net, kinds: GUIDED_KINDS, requiredFor: ['controlnet'] },
  embedding_dir: {
    type: 'text',
    doc: 'Folder below a models folder whose textual inversions can be used; without it those of the type embedding that `embeddings` names.',
  },
  lora_model_dir: {
    type: 'text',
    doc: 'Folder below a models folder in which LoRAs are looked for first.',
  },
};
