import { AppError, ConflictError } from '../common/index.js';
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

/** 409: it is not in memory, so it cannot be unloaded. */
export class ModelNotLoadedError extends ConflictError {
  constructor(name: string) {
    super(`The model "${name}" is not loaded.`, 'MODEL_NOT_LOADED');
  }
}

/** 409: it neither draws nor enlarges anything by itself, so it is not loaded by itself. */
export class ModelNotLoadableError extends ConflictError {
  constructor({ name, type }: { name: string; type: ModelType }) {
    const message = `"${name}" is of type ${type}: it is loaded together with the model that it belongs to.`;
    super(message, 'MODEL_NOT_LOADABLE');
  }
}

/** 409: a job draws with it, or it is loaded while its file is to be deleted. */
export class ModelInUseError extends ConflictError {
  constructor(name: string, advice: string) {
    super(`The model "${name}" is in use. ${advice}`, 'MODEL_IN_USE');
  }
}

/** 409: nothing is deleted before the caller has seen what. */
export class ConfirmationRequiredError extends ConflictError {
  constructor(name: string, files: readonly string[]) {
    const message = `Deleting the model "${name}" deletes ${files.join(', ')} for good. Ask again with confirm=true.`;
    super(message, 'CONFIRMATION_REQUIRED');
  }
}

/** 403: these files are never deleted from here, whoever asks. */
export class ModelProtectedError extends AppError {
  constructor(name: string, why: string) {
    super('MODEL_PROTECTED', 403, `The model "${name}" cannot be deleted: ${why}`);
  }
}

/** 409: no folder for files of this type can be written to. */
export class ModelFolderError extends ConflictError {
  constructor(type: ModelType) {
    super(
      `There is no folder for ${type} models that this server may write to.`,
      'NO_MODEL_FOLDER',
    );
  }
}
