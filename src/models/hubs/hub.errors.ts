import { AppError } from '../../common/index.js';

/** 404: the hub, or the other server, does not have it. */
export class HubNotFoundError extends AppError {
  constructor(message: string) {
    super('HUB_NOT_FOUND', 404, message);
  }
}

/** 403: the hub has it and does not give it to us; the message says what would help. */
export class HubRefusedError extends AppError {
  constructor(message: string) {
    super('HUB_REFUSED', 403, message);
  }
}

/** 503: the hub has had enough of our questions for now. */
export class HubBusyError extends AppError {
  constructor(hub: string, retryAfterSeconds: number) {
    super('HUB_BUSY', 503, `${hub} wants to be asked less often. Try again a little later.`, {
      headers: { 'retry-after': String(retryAfterSeconds) },
      logLevel: 'warn',
    });
  }
}

/** 502: the hub cannot be reached, or answers with what is none of its answers. `reason` ends the sentence. */
export class HubUnavailableError extends AppError {
  constructor(
    hub: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    const message = `${hub} could not be asked: ${reason}. Try again later, or see whether this server may reach it.`;
    super('HUB_UNAVAILABLE', 502, message, { cause, logLevel: 'warn' });
  }
}

/** 422: the server that somebody named cannot be reached, or does not answer as one. `reason` ends the sentence. */
export class AddressUnreachableError extends AppError {
  constructor(host: string, reason: string, cause?: unknown) {
    super(
      'ADDRESS_UNREACHABLE',
      422,
      `${host} could not be asked: ${reason}. See whether the address is right.`,
      {
        cause,
      },
    );
  }
}

/** 422: what the hub has there is no weight file, or one that it warns of. */
export class FileNotAcceptedError extends AppError {
  constructor(message: string) {
    super('FILE_NOT_ACCEPTED', 422, message);
  }
}
