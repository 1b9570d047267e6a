import { ValidationError } from '../../../common/index.js';
import { NothingChosenError, OPTIONS } from '../../../generate/index.js';
import { ModelNotFoundError } from '../../../models/index.js';
import { JobCancelledError, JobFailedError, SUBMISSION_ERRORS } from '../../../queue/index.js';
import { TEXT_ERRORS } from '../../../text/index.js';
import {
  BatchChangedError,
  BatchesUnavailableError,
  BatchGoneError,
} from '../batches/batch-errors.js';
import { EXAMPLE_BATCH } from '../batches/batch-status.js';
import { FIELDS } from './fields.js';

const PROPERTIES = Object.fromEntries(
  Object.entries(FIELDS).map(([name, { label, doc, refused, to = '' }]) => {
    const why = refused && `Only with a value that asks for nothing: ${refused}.`;
    return [name, { title: label, description: doc ?? why ?? OPTIONS[to]?.doc ?? label }];
  }),
);

export const BODY = {
  schema: { type: 'object', required: ['prompt'], properties: PROPERTIES } as object,
  examples: {
    short: { value: { prompt: 'a glowing robot' } },
    long: {
      value: {
        prompt: 'a glowing robot in a rainy alley',
        model: 'flux-schnell:q8',
        width: 1024,
        height: 1024,
        steps: 4,
        guidance: 0,
        output_format: 'png',
      },
    },
  },
};

/** How every request for pictures may fail. */
export const REFUSALS = [
  new BatchChangedError(EXAMPLE_BATCH.id),
  new BatchGoneError(EXAMPLE_BATCH.id),
  new BatchesUnavailableError(),
  new ValidationError([{ field: 'steps', message: 'steps must be at most 100.' }]),
  new NothingChosenError('drawing'),
  new ModelNotFoundError('flux-dev:q4', ['tiny-emoji:q8']),
  new JobFailedError({ code: 'GENERATION_FAILED', message: 'The engine made no picture.' }),
  new JobCancelledError('0d9a3f52-6c1b-4f57-9d52-0a7f3c1b8e44'),
  ...SUBMISSION_ERRORS,
  ...TEXT_ERRORS,
];
