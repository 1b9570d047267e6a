import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { CONFIG, type Config } from '../config/index.js';
import { AuthRequiredError } from './auth-errors.js';
import { principalOf, type Principal } from './principal.js';
import { User } from './user.entity.js';
import { ANONYMOUS, UserStore } from './user-store.js';

/**
 * The user that everybody without a credential is, where the method none is on. The configuration decides
 * its role; where the method is off, it is disabled, and with it whatever was given to it.
 */
@Injectable()
export class AnonymousUser implements OnApplicationBootstrap {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: UserStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { methods, anonymousRole: role } = this.config.auth;
    const enabled = methods.includes('none');
    const known = await this.store.byName(ANONYMOUS);
    if (known && known.origin !== 'anonymous' && enabled) {
      throw new Error(
        `The user "${known.username}" stands in the way of the method none, which needs that name.`,
      );
    }
    const isRight = known?.role === role && known.disabled === !enabled;
    if (known && !isRight)
      await this.users.update({ id: known.id, origin: 'anonymous' }, { role, disabled: !enabled });
    if (!known && enabled) await this.store.add({ username: ANONYMOUS, role, origin: 'anonymous' });
  }

  async principal(): Promise<Principal> {
    const user = await this.store.byName(ANONYMOUS);
    if (!user || user.disabled) throw AuthRequiredError.missing();
    return principalOf(user, { via: 'none' });
  }
}
