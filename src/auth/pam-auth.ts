import { Inject, Injectable, Logger } from '@nestjs/common';
import { messageOf } from '../common/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { LoginUnavailableError } from './auth-errors.js';
import { MACHINE_ACCOUNTS, type MachineAccounts } from './machine-accounts.js';
import { isAccountName } from './unix-peers.js';

/** Log ins that PAM may have in hand at a time. Each takes a thread, and modules wait on purpose. */
const AT_ONCE = 16;

/** Passwords of the machine, through PAM. */
@Injectable()
export class PamAuth {
  private readonly logger = new Logger(PamAuth.name);
  private asked = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(MACHINE_ACCOUNTS) private readonly machine: MachineAccounts,
  ) {}

  /**
   * Whether PAM takes the password.
   * @throws LoginUnavailableError where it cannot be asked, does not answer in time, or is too busy.
   */
  async check(username: string, password: string): Promise<boolean> {
    if (!isAccountName(username) || password.includes('\0')) return false;
    if (this.asked >= AT_ONCE) throw new LoginUnavailableError('PAM has too many log ins in hand');
    const { pamService } = this.config.auth;
    this.asked += 1;
    const answer = this.machine
      .checkPassword(pamService, username, password)
      .finally(() => (this.asked -= 1));
    try {
      return await this.inTime(answer);
    } catch (error) {
      this.logger.error(`PAM (service ${pamService}): ${messageOf(error)}`);
      throw new LoginUnavailableError(error);
    }
  }

  /** PAM cannot be told to stop: what comes too late is not waited for, and still counts as in hand. */
  private async inTime(answer: Promise<boolean>): Promise<boolean> {
    const { pamTimeoutSeconds } = this.config.auth;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`no answer in ${pamTimeoutSeconds} s`)),
      pamTimeoutSeconds * 1000,
    );
    try {
      return await Promise.race([answer, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
