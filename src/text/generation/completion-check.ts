import { randomInt } from 'node:crypto';
import { ValidationError, type FieldProblem } from '../../common/index.js';
import type { TextSampling } from '../../engine/index.js';
import type { CompletionRequest } from './completion.js';

/** What a request may ask for; whatever goes beyond reaches no engine. */
export const COMPLETION_BOUNDS = {
  temperature: { min: 0, max: 5 },
  topP: { min: 0, max: 1 },
  topK: { min: 0, max: 1000 },
  minP: { min: 0, max: 1 },
  seed: { min: 0, max: 2 ** 32 - 1 },
  frequencyPenalty: { min: -2, max: 2 },
  presencePenalty: { min: -2, max: 2 },
  repeatPenalty: { min: 0, max: 5 },
  maxTokens: { min: 1, max: 1_048_576 },
  logprobs: { min: 0, max: 20 },
} as const;

/** Numbers of a request that are counted, not measured. */
const WHOLE: ReadonlySet<string> = new Set(['topK', 'seed', 'maxTokens', 'logprobs']);

const MOST_STOPS = 16;
const LONGEST_STOP = 500;
const MOST_MESSAGES = 2000;
const MOST_TOOLS = 128;
const MOST_BIASES = 1024;
/** Characters of all that is to be read: counting tokens of more would hold up everybody. */
const LONGEST_INPUT = 2_000_000;
const MOST_TOKENS = 1_048_576;
const TOOL_NAME = /^[\w.-]{1,128}$/;

const DEFAULTS: TextSampling = {
  temperature: 0.8,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  seed: 0,
  frequencyPenalty: 0,
  presencePenalty: 0,
  repeatPenalty: 1,
  bias: [],
};

function numberProblem(
  field: string,
  value: unknown,
  bounds: { min: number; max: number },
): FieldProblem[] {
  const isNumber = WHOLE.has(field) ? Number.isInteger(value) : Number.isFinite(value);
  if (isNumber && Number(value) >= bounds.min && Number(value) <= bounds.max) return [];
  const kind = WHOLE.has(field) ? 'whole number' : 'number';
  return [{ field, message: `${field} must be a ${kind} from ${bounds.min} to ${bounds.max}.` }];
}

function problem(field: string, is: boolean, message: string): FieldProblem[] {
  return is ? [{ field, message: `${field} ${message}` }] : [];
}

function samplingProblems(sampling: Partial<TextSampling>): FieldProblem[] {
  return Object.entries(sampling).flatMap(([field, value]) => {
    if (value === undefined) return [];
    if (field === 'bias') return biasProblems(value as TextSampling['bias']);
    return numberProblem(
      field,
      value,
      COMPLETION_BOUNDS[field as keyof Omit<TextSampling, 'bias'>],
    );
  });
}

function biasProblems(bias: TextSampling['bias']): FieldProblem[] {
  const isWrong = bias.some(
    ([token, value]) => !Number.isInteger(token) || token < 0 || !(Math.abs(value) <= 100),
  );
  return problem(
    'bias',
    isWrong || bias.length > MOST_BIASES,
    `must be at most ${MOST_BIASES} tokens, each from -100 to 100.`,
  );
}

function inputProblems({ input }: CompletionRequest): FieldProblem[] {
  switch (input.kind) {
    case 'prompt':
      return [
        ...problem('prompt', input.prompt === '', 'must not be empty.'),
        ...problem(
          'prompt',
          input.prompt.length > LONGEST_INPUT,
          `must not be longer than ${LONGEST_INPUT} characters.`,
        ),
      ];
    case 'tokens':
      return problem(
        'prompt',
        input.tokens.length === 0 ||
          input.tokens.length > MOST_TOKENS ||
          input.tokens.some((token) => !Number.isInteger(token) || token < 0),
        'must be a list of tokens, none of them negative.',
      );
    case 'chat': {
      const { messages, tools, toolChoice } = input;
      const length = messages.reduce((sum, { content }) => sum + content.length, 0);
      const names = tools.map(({ name }) => name);
      const wrong = names.find((name) => !TOOL_NAME.test(name));
      const choice = typeof toolChoice === 'object' ? toolChoice.name : undefined;
      return [
        ...problem('messages', messages.length === 0, 'must have one message at least.'),
        ...problem(
          'messages',
          messages.length > MOST_MESSAGES,
          `must have at most ${MOST_MESSAGES} messages.`,
        ),
        ...problem(
          'messages',
          length > LONGEST_INPUT,
          `must not be longer than ${LONGEST_INPUT} characters in all.`,
        ),
        ...problem('tools', tools.length > MOST_TOOLS, `must be at most ${MOST_TOOLS}.`),
        ...problem(
          'tools',
          wrong !== undefined,
          'must have names of letters, digits, dots, dashes and underscores.',
        ),
        ...problem('tools', new Set(names).size < names.length, 'must have different names.'),
        ...problem(
          'tool_choice',
          choice !== undefined && !names.includes(choice),
          'names a tool that is not offered.',
        ),
        ...problem(
          'tool_choice',
          toolChoice === 'required' && tools.length === 0,
          'requires a tool, but none is offered.',
        ),
      ];
    }
  }
}

/** A request without anything left open. */
export interface CheckedCompletion extends Omit<CompletionRequest, 'sampling'> {
  sampling: TextSampling;
}

/**
 * The request with the server's defaults, none of its numbers other than the engine may be given.
 * @throws ValidationError naming the fields
 */
export function checkCompletion(request: CompletionRequest): CheckedCompletion {
  const { sampling, maxTokens, logprobs, stop, prefill } = request;
  const problems = [
    ...inputProblems(request),
    ...samplingProblems(sampling),
    ...(maxTokens === null
      ? []
      : numberProblem('maxTokens', maxTokens, COMPLETION_BOUNDS.maxTokens)),
    ...(logprobs === null ? [] : numberProblem('logprobs', logprobs, COMPLETION_BOUNDS.logprobs)),
    ...problem('stop', stop.length > MOST_STOPS, `must be at most ${MOST_STOPS} texts.`),
    ...problem(
      'stop',
      stop.some((one) => one === '' || one.length > LONGEST_STOP),
      `must be texts of 1 to ${LONGEST_STOP} characters.`,
    ),
    ...problem('prefill', prefill.length > LONGEST_INPUT, 'is too long.'),
  ];
  if (problems.length > 0) throw new ValidationError(problems);
  const given = Object.fromEntries(
    Object.entries(sampling).filter(([, value]) => value !== undefined),
  );
  const seed = sampling.seed ?? randomInt(2 ** 32 - 1);
  return { ...request, sampling: { ...DEFAULTS, ...given, seed } };
}
