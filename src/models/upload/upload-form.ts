import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import {
  AppError,
  InvalidParametersError,
  messageOf,
  ValidationError,
} from '../../common/index.js';
import { MODEL_TYPES, type ModelType } from '../model-type.js';

/** Longest value of a field, in bytes. */
const FIELD_BYTES = 1000;

export interface UploadFields {
  modelType?: ModelType;
  subfolder?: string;
}

function put(fields: UploadFields, name: string, value: string): void {
  if (name === 'model_type') {
    const type = MODEL_TYPES.find((known) => known === value);
    const message = `model_type must be one of ${MODEL_TYPES.join(', ')}.`;
    if (!type) throw new ValidationError([{ field: name, message }]);
    fields.modelType = type;
  } else if (name === 'subfolder') {
    if (value !== '') fields.subfolder = value;
  } else {
    const field = name.slice(0, 100);
    throw new ValidationError([{ field, message: `${field} is not a field of this form.` }]);
  }
}

/**
 * Reads a form with one file and its fields, in whichever order they come.
 * @param take is given the file as it comes, with the fields before it; it must read all of it
 * @throws InvalidParametersError, ValidationError, and whatever `take` throws.
 */
export async function readUpload<T>(
  request: FastifyRequest,
  take: (file: MultipartFile, fields: UploadFields) => Promise<T>,
): Promise<{ fields: UploadFields; taken: T }> {
  const fields: UploadFields = {};
  let taken: { value: T } | undefined;
  try {
    const limits = { fileSize: Infinity, fieldSize: FIELD_BYTES, files: 1, fields: 10 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') put(fields, part.fieldname, String(part.value));
      else if (part.fieldname === 'file') taken = { value: await take(part, fields) };
      else put(fields, part.fieldname, '');
    }
  } catch (error) {
    const { statusCode, syscall } = error as { statusCode?: number; syscall?: string };
    if (error instanceof AppError || syscall !== undefined) throw error;
    const message = `The form cannot be read: ${messageOf(error)}.`;
    throw new InvalidParametersError(message, statusCode ?? 400, error);
  }
  if (taken) return { fields, taken: taken.value };
  throw new ValidationError([{ field: 'file', message: 'file is missing.' }]);
}
