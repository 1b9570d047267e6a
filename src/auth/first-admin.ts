import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { CONFIG, type Config } from '../config/index.js';
import { ApiKeyService } from './api-key.service.js';
import { PasswordHasher } from './password-hasher.js';
import { randomPassword } from './password.js';
import { ROLE_PERMISSIONS } from './permissions.js';
import { principalOf } from './principal.js';
import { User, usernameKey } from './user.entity.js';

/** Username of the first administrator. */
export const FIRST_ADMIN = 'admin';

const LOGIN_PATH = '/api/auth/login';
const WELCOME_PATH = '/welcome';
const ME_PATH = '/api/auth/me';
const RULE = '─'.repeat(72);

function addressOf(path: string, { host, port }: Config['server']): string {
  // A port that the system will choose is not known yet.
  if (port === 0) return path;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${everywhere ? 'localhost' : name}:${port}${path}`;
}

/** Past the logger, whose lines are kept in files and sent to collectors. */
function show(credential: string, ...uses: string[]): void {
  const lines = [
    RULE,
    ' First start: an administrator was created.',
    '',
    `   username  ${FIRST_ADMIN}`,
    `   ${credential}`,
    '',
    ...uses.map((use) => ` ${use}`),
    ' All this is shown only once: keep it now.',
    RULE,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** Gives an empty house its first administrator, so that there is somebody who can come in. */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstAdmin.name);

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly keys: ApiKeyService,
    private readonly passwords: PasswordHasher,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { methods } = this.config.auth;
    if (await this.users.existsBy({ origin: 'local' })) return;
    if (methods.includes('jwt')) return this.withPassword();
    if (this.isLeftToTheMachine()) return;
    if (methods.includes('api-key')) return this.withKey();
    if (await this.users.existsBy({ role: 'admin', disabled: false, origin: Not('anonymous') }))
      return;
    this.logger.warn(
      'Nobody is an administrator: name accounts of this machine in ATELIER_MACHINE_ADMINS, or let somebody in by the methods jwt or api-key.',
    );
  }

  /** Whether the configuration says who the administrators are. */
  private isLeftToTheMachine(): boolean {
    const { methods, machineAdmins, unixRole, pamRole, anonymousRole } = this.config.auth;
    if (methods.includes('none') && anonymousRole === 'admin') return true;
    if (methods.includes('unix') && (machineAdmins.length > 0 || unixRole === 'admin')) return true;
    return methods.includes('pam') && (machineAdmins.length > 0 || pamRole === 'admin');
  }

  private async withPassword(): Promise<void> {
    const { server, auth } = this.config;
    const chosen = auth.adminPassword;
    const password = chosen || randomPassword();
    if (!(await this.create(password, !chosen))) return;
    if (chosen)
      this.logger.log(`Created the administrator "${FIRST_ADMIN}" with the configured password`);
    else
      show(
        `password  ${password}`,
        `Choose your own at ${addressOf(WELCOME_PATH, server)}`,
        `Programs log in with POST ${addressOf(LOGIN_PATH, server)}`,
      );
  }

  /** Where keys are the only way in, the first one is given out here: every other is made with it. */
  private async withKey(): Promise<void> {
    const admin = await this.create(this.config.auth.adminPassword || randomPassword());
    if (!admin) return;
    const { key } = await this.keys.create(
      principalOf(admin, { via: 'cli' }),
      { name: 'first start', scopes: [...ROLE_PERMISSIONS.admin] },
      'start',
    );
    show(
      `API key   ${key}`,
      `Send it as X-API-Key, for example to ${addressOf(ME_PATH, this.config.server)}`,
    );
  }

  /** Accounts of the machine may be here before: they do not make anybody an administrator. */
  private async create(password: string, firstPassword = false): Promise<User | undefined> {
    if (await this.users.existsBy({ usernameKey: usernameKey(FIRST_ADMIN) })) {
      this.logger.warn(
        `There is no administrator, and "${FIRST_ADMIN}" is an account of the machine`,
      );
      return undefined;
    }
    const admin: User = {
      id: randomUUID(),
      username: FIRST_ADMIN,
      usernameKey: usernameKey(FIRST_ADMIN),
      passwordHash: await this.passwords.hash(password),
      firstPassword,
      role: 'admin',
      origin: 'local',
      disabled: false,
      createdAt: new Date(),
      lastLoginAt: null,
    };
    await this.users.insert(admin);
    return admin;
  }
}
