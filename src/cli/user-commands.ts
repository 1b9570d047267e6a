import { Option, type Command } from 'commander';
import {
  CreateUserDto,
  ResetPasswordDto,
  ROLES,
  UserQuery,
  UsersService,
  type Role,
} from '../auth/index.js';
import { withHouse, type Program, type ReadConfig } from './house.js';
import { checked, HERE, operator, userCalled } from './operator.js';
import { moment, print, printRows, tell } from './output.js';
import { readPassword } from './password.js';

interface PasswordOptions {
  random?: boolean;
}

const RANDOM = ['--random', 'make up a password and show it once'] as const;

/** Undefined: to be made up. */
async function wanted({ random }: PasswordOptions): Promise<string | undefined> {
  return random ? undefined : readPassword();
}

function show(password: string | undefined): void {
  if (password !== undefined) print(password);
}

/** `atelier user …` */
export function addUserCommands(parent: Command, program: Program, read: ReadConfig): void {
  const user = parent.command('user').description('Users and their passwords.');

  user
    .command('add <name>')
    .description('Add a user; the password is asked for, or read from the standard input.')
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLES).default('user'))
    .option(...RANDOM)
    .action(async (username: string, options: PasswordOptions & { role: Role }) => {
      const { role } = options;
      const config = read();
      const given = await checked(CreateUserDto, {
        username,
        role,
        ...passwordField(await wanted(options)),
      });
      await withHouse(program, config, async (house) => {
        const { password } = await house.get(UsersService).create(operator(), given, HERE);
        tell(`Added ${username} (${role}).`);
        show(password);
      });
    });

  user
    .command('list')
    .description('Show all users.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const query = await checked(UserQuery, { limit: '0' });
      await withHouse(program, read(), async (house) => {
        const [users] = await house.get(UsersService).list(query);
        const rows = users.map(({ id, username, role, origin, disabled, lastLoginAt }) => ({
          username,
          role,
          origin,
          disabled,
          last_login: moment(lastLoginAt),
          id,
        }));
        printRows(rows, json);
      });
    });

  user
    .command('passwd <name>')
    .description('Give a user another password, which ends their log ins.')
    .option(...RANDOM)
    .action(async (username: string, options: PasswordOptions) => {
      const config = read();
      const given = await checked(ResetPasswordDto, passwordField(await wanted(options)));
      await withHouse(program, config, async (house) => {
        const { id } = await userCalled(house, username);
        const service = house.get(UsersService);
        const { password } = await service.resetPassword(operator(), id, given.password, HERE);
        tell(`${username} has another password.`);
        show(password);
      });
    });

  for (const disabled of [true, false]) {
    user
      .command(`${disabled ? 'disable' : 'enable'} <name>`)
      .description(disabled ? 'Let a user in no more.' : 'Let a user in again.')
      .action((username: string) =>
        withHouse(program, read(), async (house) => {
          const { id } = await userCalled(house, username);
          await house.get(UsersService).update(operator(), id, { disabled }, HERE);
          tell(`${username} is ${disabled ? 'disabled' : 'enabled'}.`);
        }),
      );
  }
}

function passwordField(password: string | undefined): { password?: string } {
  return password === undefined ? {} : { password };
}
