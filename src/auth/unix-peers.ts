import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { childEnvironment } from '../common/index.js';
import { LoginUnavailableError } from './auth-errors.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

const run = promisify(execFile);

/** Milliseconds that the machine's directory may take to find an account. */
const LOOKUP_MS = 5000;

/** Letters, digits and what directories add; no path, no option, no second line. */
const ACCOUNT_NAME = /^[A-Za-z0-9_][\w.@\\-]{0,63}$/;

/** What useradd takes: nothing that two programs could read in two ways. */
const PLAIN_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

interface Peer {
  uid: number;
  /** Names that were found to be this user's. */
  proven: Set<string>;
}

/** Each look-up is a process. */
const lookups = new ConcurrencyLimiter(
  { running: 4, waiting: 64 },
  () => new LoginUnavailableError('too many accounts of the machine are being looked up'),
);

const peers = new WeakMap<Socket, Peer>();

/** Whether a text can be the name of an account of a machine. */
export function isAccountName(username: string): boolean {
  return ACCOUNT_NAME.test(username);
}

/** Whether a text is a name that is taken on the word of a proxy. */
export function isPlainName(username: string): boolean {
  return PLAIN_NAME.test(username);
}

/** Notes who is at the other end of a connection of our own Unix socket. */
export function noteUnixPeer(socket: Socket, uid: number): void {
  peers.set(socket, { uid, proven: new Set() });
}

/** User id at the other end; undefined for every connection but those of our own Unix socket. */
export function unixPeerOf(socket: Socket): number | undefined {
  return peers.get(socket)?.uid;
}

/** The line of an account in the form of passwd(5), from whatever directory the machine uses. */
async function accountLine(username: string): Promise<string> {
  try {
    const { stdout } = await run('getent', ['passwd', '--', username], {
      env: childEnvironment(),
      timeout: LOOKUP_MS,
    });
    return stdout;
  } catch {
    return '';
  }
}

async function hasUid(username: string, uid: number): Promise<boolean> {
  const line = await lookups.run(() => accountLine(username));
  const [name, , found] = line.split(':');
  // getent takes a number for a user id: the name must be the one asked for.
  return name === username && found === String(uid);
}

/** Whether the process at the other end of our own Unix socket runs as this account of the machine. */
export async function isUnixPeer(socket: Socket, username: string): Promise<boolean> {
  const peer = peers.get(socket);
  if (!peer || !isAccountName(username)) return false;
  if (peer.proven.has(username)) return true;
  const proven = await hasUid(username, peer.uid);
  if (proven) peer.proven.add(username);
  return proven;
}
