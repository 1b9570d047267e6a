import { JsonRules, jsonLiteral } from './gbnf.js';
import { bounds, integerRule, stringRule } from './leaf-rules.js';
import { objectRule } from './object-rules.js';
import { SchemaUnsupportedError } from './schema-errors.js';
import { isSchema, MOST_VALUES, type Schema, type SchemaRules } from './schema.js';

/** Schemas within one another, and in all. */
const DEEPEST = 24;
const MOST_SCHEMAS = 2000;

/** Words that say something to people and ask for nothing. */
const REMARKS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'nullable',
  'strict',
]);

/** What each type may be bounded by. */
const WORDS: Record<string, readonly string[]> = {
  object: ['properties', 'required', 'additionalProperties', 'minProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: [],
  boolean: [],
  null: [],
};

/** Writes the grammar of one schema; whatever it does not know it refuses by name. */
export class SchemaWriter implements SchemaRules {
  private readonly references = new Map<string, string>();
  private count = 0;

  /** @param whole what references point into */
  constructor(
    private readonly whole: Schema,
    readonly rules = new JsonRules(),
  ) {}

  write(schema: unknown, path: string, depth: number): string {
    this.count += 1;
    if (depth > DEEPEST) throw new SchemaUnsupportedError(path, 'lies too deep.');
    if (this.count > MOST_SCHEMAS)
      throw new SchemaUnsupportedError(path, `is one of more than ${MOST_SCHEMAS} schemas.`);
    if (schema === true) return this.rules.value();
    if (!isSchema(schema)) throw new SchemaUnsupportedError(path, 'must be an object.');
    const written = this.writeOne(schema, path, depth);
    return schema['nullable'] === true ? `(${written} | ${this.rules.null()})` : written;
  }

  private writeOne(schema: Schema, path: string, depth: number): string {
    if ('$ref' in schema) return this.reference(schema, path, depth);
    if ('const' in schema) return this.values([schema['const']], schema, path, ['const', 'type']);
    if ('enum' in schema) return this.values(schema['enum'], schema, path, ['enum', 'type']);
    for (const word of ['anyOf', 'oneOf']) {
      if (word in schema) return this.alternatives(schema, word, path, depth);
    }
    if ('allOf' in schema) return this.onlyOf(schema, path, depth);
    const types = this.typesOf(schema, path);
    if (types.length === 1) return this.ofType(types[0] ?? '', schema, path, depth);
    const known = new Set(types.flatMap((type) => WORDS[type] ?? []));
    this.refuseOthers(schema, path, ['type', ...known]);
    const parts = types.map((type) => this.ofType(type, pick(schema, type), path, depth));
    return `(${parts.join(' | ')})`;
  }

  private typesOf(schema: Schema, path: string): string[] {
    const said = schema['type'];
    if (said === undefined) {
      if ('properties' in schema) return ['object'];
      if ('items' in schema) return ['array'];
      this.refuseOthers(schema, path, []);
      return ['any'];
    }
    const types = Array.isArray(said) ? (said as unknown[]) : [said];
    const known = types.filter((type) => typeof type === 'string' && Object.hasOwn(WORDS, type));
    if (types.length === 0 || known.length !== types.length)
      throw new SchemaUnsupportedError(
        `${path}/type`,
        `must be one of ${Object.keys(WORDS).join(', ')}.`,
      );
    return known as string[];
  }

  private ofType(type: string, schema: Schema, path: string, depth: number): string {
    if (type === 'any') return this.rules.value();
    this.refuseOthers(schema, path, ['type', ...(WORDS[type] ?? [])]);
    switch (type) {
      case 'object':
        return objectRule(this, schema, path, depth);
      case 'array':
        return this.array(schema, path, depth);
      case 'string':
        return stringRule(this.rules, schema, path);
      case 'integer':
        return integerRule(this.rules, schema, path);
      case 'number':
        return this.rules.number();
      case 'boolean':
        return this.rules.boolean();
      default:
        return this.rules.null();
    }
  }

  private refuseOthers(schema: Schema, path: string, known: readonly string[]): void {
    for (const word of Object.keys(schema)) {
      if (known.includes(word) || REMARKS.has(word)) continue;
      throw new SchemaUnsupportedError(`${path}/${word.slice(0, 60)}`, 'cannot be enforced here.');
    }
  }

  private reference(schema: Schema, path: string, depth: number): string {
    this.refuseOthers(schema, path, ['$ref']);
    const target = schema['$ref'];
    if (typeof target !== 'string' || !/^#(\/|$)/.test(target))
      throw new SchemaUnsupportedError(`${path}/$ref`, 'must point into this schema.');
    const known = this.references.get(target);
    if (known !== undefined) return known;
    const name = this.rules.reserve();
    this.references.set(target, name);
    const parts = target
      .split('/')
      .slice(1)
      .map((part) => decodePointer(part));
    let found: unknown = this.whole;
    for (const part of parts)
      found = isSchema(found) && Object.hasOwn(found, part) ? found[part] : undefined;
    if (found === undefined) throw new SchemaUnsupportedError(`${path}/$ref`, 'points to nothing.');
    // A definition stands for itself, however deep the place is that refers to it.
    this.rules.define(name, this.write(found, target, Math.min(depth, 1) + parts.length));
    return name;
  }

  private values(given: unknown, schema: Schema, path: string, known: string[]): string {
    this.refuseOthers(schema, path, known);
    if (!Array.isArray(given) || given.length === 0 || given.length > MOST_VALUES)
      throw new SchemaUnsupportedError(
        `${path}/enum`,
        `must be a list of 1 to ${MOST_VALUES} values.`,
      );
    return `(${given.map((value) => jsonLiteral(value)).join(' | ')})`;
  }

  private alternatives(schema: Schema, word: string, path: string, depth: number): string {
    this.refuseOthers(schema, path, [word, 'type', 'discriminator']);
    const branches = schema[word];
    if (!Array.isArray(branches) || branches.length === 0)
      throw new SchemaUnsupportedError(`${path}/${word}`, 'must be a list of schemas.');
    const written = branches.map((branch: unknown, index) =>
      this.write(branch, `${path}/${word}/${index}`, depth + 1),
    );
    return `(${written.join(' | ')})`;
  }

  /** One schema in `allOf` is that schema, which is how some libraries refer to another one with a remark. */
  private onlyOf(schema: Schema, path: string, depth: number): string {
    this.refuseOthers(schema, path, ['allOf']);
    const all = schema['allOf'];
    if (!Array.isArray(all) || all.length !== 1)
      throw new SchemaUnsupportedError(
        `${path}/allOf`,
        'of several schemas cannot be enforced here.',
      );
    return this.write(all[0], `${path}/allOf/0`, depth + 1);
  }

  private array(schema: Schema, path: string, depth: number): string {
    const { items = true, prefixItems } = schema;
    const space = this.rules.space();
    const comma = `${space} "," ${space}`;
    if (prefixItems !== undefined) {
      if (!Array.isArray(prefixItems) || prefixItems.length === 0)
        throw new SchemaUnsupportedError(`${path}/prefixItems`, 'must be a list of schemas.');
      const fixed = prefixItems.map((item: unknown, index) =>
        this.write(item, `${path}/prefixItems/${index}`, depth + 1),
      );
      return this.rules.add(`"[" ${space} ${fixed.join(` ${comma} `)} ${space} "]"`);
    }
    const { least, most } = bounds(schema, 'minItems', 'maxItems', path);
    const item = this.rules.add(this.write(items, `${path}/items`, depth + 1));
    if (most === 0) return `"[" ${space} "]"`;
    const upper = most === undefined ? '' : String(most - 1);
    const more = `(${comma} ${item}){${Math.max(least - 1, 0)},${upper}}`;
    const inside = least === 0 ? `(${item} ${more})?` : `${item} ${more}`;
    return this.rules.add(`"[" ${space} ${inside} ${space} "]"`);
  }
}

function pick(schema: Schema, type: string): Schema {
  const words = new Set(WORDS[type]);
  return Object.fromEntries(Object.entries(schema).filter(([word]) => words.has(word)));
}

function decodePointer(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}
