import type { PlainOption } from './option.js';

/** What JSON schema says of a value. */
export function typeSchema(option: PlainOption): object {
  switch (option.type) {
    case 'integer':
    case 'number': {
      const { type, min, max, multipleOf } = option;
      return { type, minimum: min, maximum: max, ...(multipleOf ? { multipleOf } : {}) };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      if (typeof option.of !== 'string') return { type: 'string', enum: [...option.of] };
      return { type: 'string' };
    case 'text':
    case 'component':
      return { type: 'string' };
  }
}
