import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { CONFIG, type Config } from '../config/index.js';
import { hashPassword, randomPassword } from './password.js';
import { User, usernameKey } from './user.entity.js';

/** Username of the first administrator. */
export const FIRST_ADMIN = 'admin';

const LOGIN_PATH = '/api/auth/login';
const RULE = '─'.repeat(72);

function loginAddress({ host, port }: Config['server']): string {
  // A port that the system will choose is not known yet.
  if (port === 0) return LOGIN_PATH;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${everywhere ? 'localhost' : name}:${port}${LOGIN_PATH}`;
}

function announcement(password: string, server: Config['server']): string {
  return [
    RULE,
    ' First start: an administrator was created.',
    '',
    `   username  ${FIRST_ADMIN}`,
    `   password  ${password}`,
    '',
    ` Log in with POST ${loginAddress(server)}`,
    ' The password is shown only this once. Keep it now.',
    RULE,
    '',
  ].join('\n');
}

/** Gives an empty house its first administrator, so that there is somebody who can log in. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdmin.name);

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!(await this.isWanted())) return;
    const chosen = this.config.auth.adminPassword;
    const password = chosen || randomPassword();
    await this.create(password);
    if (chosen)
      this.logger.log(`Created the administrator "${FIRST_ADMIN}" with the configured password`);
    // Past the logger, whose lines are kept in files and sent to collectors.
    else process.stdout.write(announcement(password, this.config.server));
  }

  /** Accounts of the machine may be here before: they do not make anybody an administrator. */
  private async isWanted(): Promise<boolean> {
    if (!this.config.auth.methods.includes('jwt')) return false;
    if (await this.users.existsBy({ origin: 'local' })) return false;
    if (!(await this.users.existsBy({ usernameKey: usernameKey(FIRST_ADMIN) }))) return true;
    this.logger.warn(
      `There is no administrator, and "${FIRST_ADMIN}" is an account of the machine`,
    );
    return false;
  }

  private async create(password: string): Promise<void> {
    await this.users.insert({
      id: randomUUID(),
      username: FIRST_ADMIN,
      usernameKey: usernameKey(FIRST_ADMIN),
      passwordHash: await hashPassword(password),
      role: 'admin',
      origin: 'local',
      disabled: false,
      createdAt: new Date(),
      lastLoginAt: null,
    });
  }
}
