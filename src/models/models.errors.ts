import { AppError } from '../common/index.js';
import type { ModelType } from './model-type.js';

/** At most so many names are told to one who asked for a model that is not there. */
const NAMES_TOLD = 20;

function hintOf(known: string[]): string {
  if (known.length === 0) return 'There are none at all.';
  const more = known.length > NAMES_TOLD ? ` and ${known.length - NAMES_TOLD} more` : '';
  return `There are: ${known.slice(0, NAMES_TOLD).join(', ')}${more}.`;
}

/** 404: no model of this type, or none at all, has this name or id. */
export class ModelNotFoundError extends AppError {
  constructor(wanted: string, known: string[], type?: ModelType) {
    const kind = type ? `${type} model` : 'model';
    const message = `There is no ${kind} "${wanted.slice(0, 200)}". ${hintOf(known)}`;
    super('MODEL_NOT_FOUND', 404, message);
  }
}
