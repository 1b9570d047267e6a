import { InvalidParametersError, ValidationError, type FieldProblem } from '../../common/index.js';
import type { EngineFacts, LoadOptions, ModelFiles } from '../../engine/index.js';
import { checkPlain, type Checked } from './check-option.js';
import { COMPONENTS } from './components.js';
import { LOAD_OPTIONS } from './load-options.js';
import type { ComponentOption, PlainOption, Table } from './option.js';
import { typeSchema } from './option-schema.js';

const COMPONENT_TABLE: Table<ComponentOption> = COMPONENTS;
const OPTION_TABLE: Table<PlainOption> = LOAD_OPTIONS;

/** Every field of a request to load: the options of a job that concern loading, and the parts by their short names too. */
const FIELDS: Table<PlainOption> = {
  ...LOAD_OPTIONS,
  ...Object.fromEntries(
    Object.entries(COMPONENT_TABLE).flatMap(([name, option]) =>
      [option.short, name].flatMap((field) => (field ? [[field, option]] : [])),
    ),
  ),
};

/** A part as a request names it. */
export interface NamedPart {
  /** As the caller wrote it. */
  field: string;
  option: ComponentOption;
  wanted: string;
}

export interface LoadRequest {
  options: LoadOptions;
  parts: NamedPart[];
}

function twice(parts: readonly NamedPart[]): FieldProblem[] {
  return parts.flatMap(({ field, option }, at) => {
    const other = parts.slice(0, at).find((one) => one.option.part === option.part);
    return other ? [{ field, message: `${field} is the same as ${other.field}.` }] : [];
  });
}

/**
 * What a request to load says. A field that is null or empty says nothing.
 * @throws InvalidParametersError, ValidationError naming each field that is wrong.
 */
export function readLoadRequest(body: unknown, facts: EngineFacts): LoadRequest {
  const given = body ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw new InvalidParametersError('The body must be a JSON object.');
  const problems: FieldProblem[] = [];
  const options: Record<string, unknown> = {};
  const parts: NamedPart[] = [];
  for (const [field, value] of Object.entries(given)) {
    if (value === null || value === '') continue;
    const option = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    const checked: Checked<unknown> = option
      ? checkPlain(option, value, facts)
      : { problem: 'is no option of loading' };
    if ('problem' in checked)
      problems.push({ field, message: `${field.slice(0, 64)} ${checked.problem}.` });
    else if (option?.type === 'component') parts.push({ field, option, wanted: String(value) });
    else if (option?.load) options[option.load] = checked.value;
  }
  problems.push(...twice(parts));
  if (problems.length > 0) throw new ValidationError(problems);
  return { options, parts };
}

/** Load options in the words of the request. */
export function optionFields(options: LoadOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(OPTION_TABLE).flatMap(([field, { load }]) => {
      const value = load && options[load];
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** File names by the fields of the request. */
export function componentFields(
  files: Partial<ModelFiles>,
  nameOf: (path: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(COMPONENT_TABLE).flatMap(([name, { part, short }]) => {
      const path = files[part];
      return path === undefined ? [] : [[short ?? name, nameOf(path)]];
    }),
  );
}

/** The body of a request to load as JSON schema. */
export function loadRequestSchema() {
  const fields = Object.entries(FIELDS).map(([field, option]) => {
    return [field, { ...typeSchema(option), description: option.doc }] as const;
  });
  return {
    type: 'object' as const,
    properties: Object.fromEntries(fields) as Record<string, object>,
    additionalProperties: false,
  };
}
