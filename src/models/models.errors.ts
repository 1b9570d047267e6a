import { AppError } from '../common/index.js';

/** 404: no model has this name or id. */
export class ModelNotFoundError extends AppError {
  constructor(wanted: string, known: string[]) {
    const hint =
      known.length > 0 ? ` There are: ${known.join(', ')}.` : ' There are no models at all.';
    super('MODEL_NOT_FOUND', 404, `There is no model "${wanted.slice(0, 200)}".${hint}`);
  }
}
