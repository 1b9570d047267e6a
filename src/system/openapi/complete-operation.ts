import {
  AuthRequiredError,
  CrossOriginError,
  HostNotAllowedError,
  InsufficientPermissionsError,
  type Access,
} from '../../auth/index.js';
import {
  errorExamples,
  InsufficientStorageError,
  InvalidParametersError,
  TOO_MUCH_HEAD,
  ValidationError,
  type AppError,
  type ErrorForm,
  type ResponseDescription,
} from '../../common/index.js';
import { ServerStoppingError, TooManyStreamsError } from '../../connections/index.js';

/** An operation of an OpenAPI document, as far as it is read or changed here. */
export interface Operation {
  operationId: string;
  summary?: string;
  parameters?: { name: string; in: string; schema?: object; example?: unknown }[];
  requestBody?: object;
  responses: Record<string, Partial<ResponseDescription> | undefined>;
  security?: Record<string, string[]>[];
  'x-permission'?: string;
  /** Whether it is there only to say why it does nothing. */
  'x-only-refuses'?: boolean;
}

/** Any one of them will do. */
const CREDENTIALS: Record<string, string[]>[] = [{ bearer: [] }, { apiKey: [] }, { unixUser: [] }];

const INVALID_FIELD = new ValidationError([
  { field: 'field', message: 'There is no field "field" here.' },
]);

/** How a route may fail for the reasons that all routes of its kind share. */
function commonErrors(operation: Operation, access: Access, method: string): AppError[] {
  const errors: AppError[] = [
    new HostNotAllowedError('rebound.example'),
    new ServerStoppingError(),
  ];
  if (method !== 'get')
    errors.push(new CrossOriginError('https://elsewhere.example'), new InsufficientStorageError());
  if (access !== 'public') {
    errors.push(AuthRequiredError.missing(), new InsufficientPermissionsError(access));
  }
  const has = (place: string): boolean =>
    operation.parameters?.some((parameter) => parameter.in === place) ?? false;
  if (operation.requestBody || has('query')) errors.push(INVALID_FIELD);
  errors.push(new InvalidParametersError('This address is not a valid URL.'), TOO_MUCH_HEAD);
  const answers = Object.values(operation.responses);
  if (answers.some((answer) => Object.hasOwn(answer?.content ?? {}, 'text/event-stream')))
    errors.push(new TooManyStreamsError());
  if (has('path'))
    errors.push(new InvalidParametersError('A part of this address is too long.', 414));
  if (operation.requestBody) {
    errors.push(
      new InvalidParametersError('The body is larger than this server accepts.', 413),
      new InvalidParametersError(
        'This content type is not understood here; send application/json.',
        415,
      ),
    );
  }
  return errors;
}

function addErrors(operation: Operation, errors: AppError[], form: ErrorForm): void {
  for (const [status, response] of errorExamples(errors, form)) {
    const known = operation.responses[status]?.content?.['application/json'].examples;
    const examples = { ...response.content['application/json'].examples, ...known };
    response.content['application/json'].examples = examples;
    operation.responses[status] = { ...response, description: Object.keys(examples).join(', ') };
  }
}

/** Writes into an operation who may call it and how it fails when they may not, or when the request is no good. */
export function completeOperation(
  { operation, method }: { operation: Operation; method: string },
  access: Access | undefined,
  form: ErrorForm,
): void {
  if (!access) throw new Error(`${operation.operationId} declares neither @Needs nor @Public.`);
  operation['x-permission'] = access;
  operation.security = access === 'public' ? [] : CREDENTIALS;
  addErrors(operation, commonErrors(operation, access, method), form);
}
