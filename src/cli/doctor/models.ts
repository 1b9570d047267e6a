import { messageOf } from '../../common/index.js';
import { originOf, type Config } from '../../config/index.js';
import { DRAWABLE_TYPES, ModelRegistry } from '../../models/index.js';
import { withHouse, type Program } from '../house.js';
import { broken, good, wanting, type Finding } from './finding.js';

/** Whether somebody said where the models are: the folder of the defaults may be missing. */
function isChosen(config: Config): boolean {
  return originOf(config).sources.has('storage.modelsDirs');
}

/** Looks for models as the server would. */
export async function models(program: Program, config: Config): Promise<Finding> {
  try {
    return await withHouse(program, config, async (house) => {
      const registry = house.get(ModelRegistry);
      const found = await registry.models();
      const drawing = found.filter(({ type }) => DRAWABLE_TYPES.includes(type));
      const { missing } = await registry.folders();
      const words = `${found.length} models were found, ${drawing.length} of which draw.`;
      if (drawing.length === 0)
        return broken(words, 'Put models into a folder of ATELIER_MODELS_DIR.');
      if (missing.length === 0 || !isChosen(config)) return good(words);
      return wanting(
        `${words} There is no folder ${missing.join(', ')}.`,
        'Make the folder, or correct ATELIER_MODELS_DIR.',
      );
    });
  } catch (error) {
    return broken(
      `The models cannot be looked at: ${messageOf(error)}`,
      'Mend what is above first.',
    );
  }
}
