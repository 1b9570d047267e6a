import { COMPONENTS, LOAD_OPTIONS } from '../../models/index.js';
import { GENERATION_KINDS, type OptionTable } from './option.js';
import { GUIDED_KINDS } from './pictures.js';

const { control_net: CONTROL_NET, photo_maker: PHOTO_MAKER, ...OTHER_PARTS } = COMPONENTS;

/** The ControlNet itself. */
export const CONTROL_PARTS: OptionTable = {
  control_net: { ...CONTROL_NET, kinds: GUIDED_KINDS, requiredFor: ['controlnet'] },
};

/** PhotoMaker itself. */
export const PHOTO_MAKER_PARTS: OptionTable = { photo_maker: PHOTO_MAKER };

/** Of which parts the model is loaded; another choice here loads it anew. */
export const PARTS: OptionTable = OTHER_PARTS;

/** How the model is loaded; another choice here loads it anew. */
export const LOADING: OptionTable = {
  ...LOAD_OPTIONS,
  n_threads: { ...LOAD_OPTIONS.n_threads, kinds: GENERATION_KINDS },
  embedding_dir: {
    type: 'text',
    doc: 'Folder below a models folder whose textual inversions can be used; without it those of the type embedding that `embeddings` names.',
  },
  lora_model_dir: {
    type: 'text',
    doc: 'Folder below a models folder in which LoRAs are looked for first.',
  },
};
