/** Rules of llama.cpp's grammar language (grammars/README.md there), by name. */
export class GbnfRules {
  private readonly rules = new Map<string, string>();
  private count = 0;

  /** Adds a rule unless it is there; one of llama.cpp's own building blocks, for example. */
  shared(name: string, body: string): string {
    if (!this.rules.has(name)) this.rules.set(name, body);
    return name;
  }

  /** Adds a rule under a name that nobody else has. */
  add(body: string): string {
    const name = `rule-${(this.count += 1)}`;
    this.rules.set(name, body);
    return name;
  }

  /** A name for a rule that is still to be written, for schemas that contain themselves. */
  reserve(): string {
    return `rule-${(this.count += 1)}`;
  }

  define(name: string, body: string): void {
    this.rules.set(name, body);
  }

  toString(root: string): string {
    const lines = Array.from(this.rules, ([name, body]) => `${name} ::= ${body}`);
    return [`root ::= ${root}`, ...lines].join('\n');
  }
}

const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A text as it stands in a grammar. */
export function literal(text: string): string {
  const escaped = Array.from(text, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    if (ESCAPES[sign] !== undefined) return ESCAPES[sign];
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : sign;
  });
  return `"${escaped.join('')}"`;
}

/** A JSON value as it stands in a grammar, without blanks. */
export function jsonLiteral(value: unknown): string {
  return literal(JSON.stringify(value));
}

/** One blank at most: models that may write many of them write nothing else. */
const SPACE = '[ \\n]?';

const CHARACTER = '[^"\\\\\\x00-\\x1f\\x7f] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4})';

/** The building blocks of JSON. */
export class JsonRules extends GbnfRules {
  space(): string {
    return this.shared('space', SPACE);
  }

  character(): string {
    return this.shared('character', CHARACTER);
  }

  string(): string {
    return this.shared('string', `"\\"" ${this.character()}* "\\""`);
  }

  integer(): string {
    return this.shared('integer', '"-"? ("0" | [1-9] [0-9]{0,15})');
  }

  number(): string {
    const exponent = '([eE] [-+]? [0-9]{1,3})?';
    return this.shared('number', `${this.integer()} ("." [0-9]{1,16})? ${exponent}`);
  }

  boolean(): string {
    return this.shared('boolean', '"true" | "false"');
  }

  null(): string {
    return this.shared('null', '"null"');
  }

  /** Any value; it and the two after it contain one another. */
  value(): string {
    const plain = [this.string(), this.number(), this.boolean(), this.null()];
    this.shared('value', ['object', 'array', ...plain].join(' | '));
    const space = this.space();
    const pair = this.shared('pair', `string ${space} ":" ${space} value`);
    const pairs = `(${pair} (${space} "," ${space} ${pair})*)?`;
    this.shared('object', `"{" ${space} ${pairs} ${space} "}"`);
    this.shared('array', `"[" ${space} (value (${space} "," ${space} value)*)? ${space} "]"`);
    return 'value';
  }

  object(): string {
    this.value();
    return 'object';
  }
}
