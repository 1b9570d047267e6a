export { DatabaseBusyError, isBusyError, retryWhileBusy } from './database-busy.js';
export { atomically, change, rowsOf, type SqlValue, type Steps } from './atomically.js';
export { readBuildInfo, readGit, type BuildInfo } from './build-info.js';
export { childEnvironment } from './child-environment.js';
export { unixSeconds } from './clock.js';
export { instantColumn } from './columns.js';
export {
  ConcurrencyLimiter,
  ServerBusyError,
  TooManyRequestsError,
  type ConcurrencyLimits,
} from './concurrency-limiter.js';
export { admitPages } from './cross-origin.js';
export { Departure } from './departure.js';
export {
  Describe,
  describer,
  errorExamples,
  MessageDto,
  type ResponseDescription,
  type RouteDescription,
} from './describe.js';
export type { ErrorEnvelope } from './error-envelope.js';
export { ErrorFilter, sendError } from './error.filter.js';
export { CORE_ERRORS, type ErrorForm, type ErrorReply, type PlacedForm } from './error-form.js';
export {
  AppError,
  ConflictError,
  fewProblems,
  InternalError,
  InvalidParametersError,
  messageOf,
  NotFoundError,
  ValidationError,
  type FieldProblem,
} from './errors.js';
export {
  closeFolder,
  makePrivateFolder,
  isPartialName,
  PARTIAL_SUFFIX,
  partialName,
  readOrCreateSecret,
  writeWhole,
} from './files.js';
export { ClientGoneError, hangUpOf } from './hang-up.js';
export { infotextFields, type InfotextField } from './infotext.js';
export { forbidCaching } from './no-store.js';
export { isBelow } from './paths.js';
export { PACKAGE_ROOT } from './package-root.js';
export {
  PageDto,
  pageInfo,
  pageOf,
  pageQuery,
  pageWindow,
  type PageInfo,
  type PageQuery,
  type SortOrder,
} from './paging.js';
export { refuseRaw, refuseUnreadable, TOO_MUCH_HEAD } from './raw-refusal.js';
export { requestId } from './request-id.js';
export { residentBytes } from './resident-bytes.js';
export { InsufficientStorageError, isStorageError } from './storage-errors.js';
export { withoutTrailing } from './text-ends.js';
export { ThreadCalls, type ThreadCall } from './thread-calls.js';
export { toAppError } from './to-app-error.js';
export { unlessAborted } from './unless-aborted.js';
export { createValidationPipe } from './validation.pipe.js';
export { Instant, LAST_SECOND, Optional } from './validate.js';
export { VERSION } from './version.js';
export { workerFile } from './worker-file.js';
export { withoutPaths } from './without-paths.js';
