import { AppError, ValidationError } from '../../../common/index.js';

/** 404, as the original answers. */
export class SamplerNotFoundError extends AppError {
  constructor(name: string) {
    super('SAMPLER_NOT_FOUND', 404, `Sampler not found: "${name.slice(0, 100)}".`);
  }
}

/** 422, as the original answers. */
export class ScriptNotFoundError extends AppError {
  constructor(name: string) {
    super('SCRIPT_NOT_FOUND', 422, `Script "${name.slice(0, 100)}" not found: it is not here.`);
  }
}

export function refusal(field: string, why: string): ValidationError {
  return new ValidationError([{ field, message: `${field} ${why}.` }]);
}
