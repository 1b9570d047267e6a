import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { UserStore } from './user-store.js';
import { UsersService } from './users.service.js';

/** Where the audit log says that an act of the starting server came from. */
const START = { address: 'start' };

/**
 * Makes those accounts of the machine administrators that the configuration names, if they are users here
 * already: they may have come in before they were named. Others are made so when they first come in.
 */
@Injectable()
export class MachineAdmins implements OnApplicationBootstrap {
  private readonly logger = new Logger(MachineAdmins.name);

  constructor(
    private readonly store: UserStore,
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const name of this.config.auth.machineAdmins) await this.promote(name);
  }

  private async promote(name: string): Promise<void> {
    const user = await this.store.byName(name);
    if (!user || user.role === 'admin') return;
    if (user.origin !== 'machine' || user.username !== name) {
      this.logger.warn(`"${name}" is named as an administrator, but is no account of the machine`);
      return;
    }
    await this.users.update(undefined, user.id, { role: 'admin' }, START);
    this.logger.log(`"${name}" is an administrator now, as ATELIER_MACHINE_ADMINS says`);
  }
}
