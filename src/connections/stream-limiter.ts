import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { addressGroup } from './address-group.js';
import { Slots } from './slots.js';

/** Seconds after which a client may try again; a place becomes free when another connection ends. */
const RETRY_AFTER_SECONDS = 10;

class TooManyConnectionsError extends AppError {
  constructor(code: string, message: string) {
    super(code, 429, message, { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } });
  }
}

/** 429: the user or the address has as many event streams as they may have. */
export class TooManyStreamsError extends TooManyConnectionsError {
  constructor() {
    super('TOO_MANY_STREAMS', 'Too many event streams are open at once. Close some of them first.');
  }
}

/** 429: the user or the address has as many live connections as they may have. */
export class TooManySocketsError extends TooManyConnectionsError {
  constructor() {
    super('TOO_MANY_SOCKETS', 'Too many sockets are open at once. Close some of them first.');
  }
}

/** Gives a place back. */
export type Release = () => void;

/** The name under which what is counted over all addresses is counted. */
const EVERYBODY = '*';

/** Takes one of each, or none of them. */
function takeAll(
  wanted: readonly { slots: Slots; name: string | undefined }[],
  refusal: () => AppError,
): Release {
  const named = wanted.filter(
    (one): one is { slots: Slots; name: string } => one.name !== undefined,
  );
  if (named.some(({ slots, name }) => slots.isFull(name))) throw refusal();
  const releases = named.map(({ slots, name }) => slots.take(name));
  return () => {
    for (const release of releases) release();
  };
}

/** Bounds everything that lasts: event streams and sockets, for each user and each address. */
@Injectable()
export class StreamLimiter {
  private readonly streams: { ofUser: Slots; ofAddress: Slots };
  private readonly sockets: { ofUser: Slots; ofAddress: Slots };
  private readonly signIns: { ofAddress: Slots; ofAll: Slots };

  constructor(@Inject(CONFIG) { connections }: Config) {
    this.streams = {
      ofUser: new Slots(connections.streamsPerUser),
      ofAddress: new Slots(connections.streamsPerAddress),
    };
    this.sockets = {
      ofUser: new Slots(connections.socketsPerUser),
      ofAddress: new Slots(connections.socketsPerAddress),
    };
    this.signIns = {
      ofAddress: new Slots(connections.signInSocketsPerAddress),
      ofAll: new Slots(connections.signInSockets),
    };
  }

  /** @throws TooManyStreamsError */
  takeStream(userId: string, address: string): Release {
    const { ofUser, ofAddress } = this.streams;
    const wanted = [
      { slots: ofUser, name: userId },
      { slots: ofAddress, name: addressGroup(address) },
    ];
    return takeAll(wanted, () => new TooManyStreamsError());
  }

  /** For a socket that has proven who it is. @throws TooManySocketsError */
  takeSocket(userId: string, address: string): Release {
    const { ofUser, ofAddress } = this.sockets;
    const wanted = [
      { slots: ofUser, name: userId },
      { slots: ofAddress, name: addressGroup(address) },
    ];
    return takeAll(wanted, () => new TooManySocketsError());
  }

  /** For a socket that has yet to prove who it is. @throws TooManySocketsError */
  takeSignIn(address: string): Release {
    const { ofAddress, ofAll } = this.signIns;
    const wanted = [
      { slots: ofAll, name: EVERYBODY },
      { slots: ofAddress, name: addressGroup(address) },
    ];
    return takeAll(wanted, () => new TooManySocketsError());
  }
}
