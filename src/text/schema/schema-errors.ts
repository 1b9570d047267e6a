import { AppError } from '../../common/index.js';

/** 400: a JSON Schema asks for what cannot be enforced; it is never passed over. */
export class SchemaUnsupportedError extends AppError {
  /** @param path within the schema, for example `#/properties/name` */
  constructor(path: string, problem: string) {
    super('SCHEMA_UNSUPPORTED', 400, `The JSON Schema cannot be enforced: ${path} ${problem}`, {
      problems: [{ field: path, message: `${path} ${problem}` }],
    });
  }
}
