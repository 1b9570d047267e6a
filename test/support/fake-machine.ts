import type { MachineAccounts } from '../../src/auth/index.js';

/** A machine with accounts of its own making, in place of this one's. */
export class FakeMachine implements MachineAccounts {
  /** Every question to PAM: service and username. */
  readonly asked: [string, string][] = [];
  /** The uid at the other end of every Unix socket. */
  uid = process.getuid?.() ?? -1;

  /** @param passwords by username; a function answers in its own way */
  constructor(private readonly passwords: Record<string, string | (() => Promise<boolean>)>) {}

  prepare(): void {}

  peerUid(): number {
    return this.uid;
  }

  async checkPassword(service: string, username: string, password: string): Promise<boolean> {
    this.asked.push([service, username]);
    const known = this.passwords[username];
    return typeof known === 'function' ? known() : known !== undefined && known === password;
  }
}
