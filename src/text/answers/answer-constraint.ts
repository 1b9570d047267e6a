import type { TextRequest, ToolFormat } from '../../engine/index.js';
import type { ChatInput } from '../generation/completion.js';
import { grammarOfCalls, grammarOfObject, grammarOfSchema } from '../schema/grammars.js';

/** How an answer is made to begin, and what it may be. */
export interface AnswerConstraint {
  prefill: string;
  grammar: TextRequest['grammar'];
}

const FREE: AnswerConstraint = { prefill: '', grammar: null };

/** How each format writes calls. */
const CALLS = {
  hermes: {
    mark: '<tool_call>',
    key: 'arguments',
    open: '\n',
    between: '\n</tool_call>\n<tool_call>\n',
    close: '\n</tool_call>',
  },
  llama3: { mark: '', key: 'parameters', open: '', between: '; ', close: '' },
  mistral: { mark: '[TOOL_CALLS]', key: 'arguments', open: '[', between: ', ', close: ']' },
} as const;

/**
 * What the tools, their choice and the format of the answer come to. A tool that must be called is begun and
 * held to its schema; one that may be called is held to its schema once the model has begun to call it.
 * @throws SchemaUnsupportedError
 */
export function constraintFor(input: ChatInput, format: ToolFormat): AnswerConstraint {
  const { tools, toolChoice } = input;
  if (tools.length === 0 || toolChoice === 'none') return formatted(input.format);
  const { mark, key, open, between, close } = CALLS[format];
  const isNamed = typeof toolChoice === 'object';
  const offered = isNamed ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  const single = isNamed || !input.parallelToolCalls;
  const gbnf = grammarOfCalls(offered, key, { open, between: single ? null : between, close });
  if (toolChoice !== 'auto') return { prefill: mark, grammar: { gbnf, after: mark } };
  // Without a mark nothing tells when a call begins: it is read afterwards.
  return mark === '' ? FREE : { prefill: '', grammar: { gbnf, after: mark } };
}

function formatted(format: ChatInput['format']): AnswerConstraint {
  switch (format.type) {
    case 'text':
      return FREE;
    case 'json_object':
      return { prefill: '', grammar: { gbnf: grammarOfObject(), after: '' } };
    case 'json_schema':
      return { prefill: '', grammar: { gbnf: grammarOfSchema(format.schema), after: '' } };
  }
}
