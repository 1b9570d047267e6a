import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { AuthRequiredError } from './auth-errors.js';
import { principalOf, type Principal } from './principal.js';
import { trustedProxies } from './trusted-proxies.js';
import { isPlainName, isUnixPeer, unixPeerOf } from './unix-peers.js';
import type { User } from './user.entity.js';
import { UserStore } from './user-store.js';

/** Accounts of the machine, on the word of the kernel or of a proxy that is trusted with them. */
@Injectable()
export class UnixAuth {
  private readonly enabled: boolean;
  private readonly trusts: (address?: string) => boolean;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly users: UserStore,
  ) {
    this.enabled = config.auth.methods.includes('unix');
    this.trusts = trustedProxies(config.auth.unixUserProxies);
  }

  /**
   * Who an `X-Unix-User` header speaks for.
   * @throws AuthRequiredError where it is not to be believed.
   */
  async authenticate(username: string, socket: Socket | undefined): Promise<Principal> {
    if (!this.enabled) throw AuthRequiredError.refused('This server takes no X-Unix-User.');
    if (!socket || !(await this.isBelieved(username, socket))) {
      throw AuthRequiredError.refused(
        'X-Unix-User is believed only of the user who connects over the Unix socket, and from the proxies in ATELIER_UNIX_USER_PROXIES.',
      );
    }
    const address = addressOf(socket);
    const user = await this.users.ofMachine(username, 'unix', address);
    if (!user)
      throw AuthRequiredError.refused(
        'This name belongs to another user here: log in as that one.',
      );
    if (user.disabled)
      throw AuthRequiredError.refused('This account is disabled: ask an administrator.');
    return principalOf(user, { via: 'unix' });
  }

  /** Whether somebody on this connection may log in without a password, if the name is theirs. */
  isOffered(socket: Socket | undefined): boolean {
    return this.enabled && socket !== undefined && unixPeerOf(socket) !== undefined;
  }

  /** The user whose process is at the other end of our own Unix socket; undefined where it is another's. */
  async userAt(socket: Socket, username: string): Promise<User | undefined> {
    if (!this.enabled || !(await isUnixPeer(socket, username))) return undefined;
    return this.users.ofMachine(username, 'unix', addressOf(socket));
  }

  private async isBelieved(username: string, socket: Socket): Promise<boolean> {
    if (this.trusts(socket.remoteAddress)) return isPlainName(username);
    return isUnixPeer(socket, username);
  }
}

function addressOf(socket: Socket): string {
  return socket.remoteAddress ?? `unix:${unixPeerOf(socket)}`;
}
