import type { Command } from 'commander';
import { ApiKeyQuery, ApiKeyService, CreateApiKeyDto, principalOf } from '../auth/index.js';
import { unixSeconds } from '../common/index.js';
import { withHouse, type Program, type ReadConfig } from './house.js';
import { checked, HERE, operator, userCalled } from './operator.js';
import { moment, print, printRows, tell } from './output.js';

const DAY_MS = 24 * 3600 * 1000;

interface CreateOptions {
  user: string;
  name: string;
  scope?: string[];
  days?: string;
  delegates?: boolean;
}

function expiry(days: string | undefined): { expires_at?: number } {
  if (days === undefined) return {};
  return { expires_at: unixSeconds(new Date(Date.now() + Number(days) * DAY_MS)) };
}

/** `atelier key …` */
export function addKeyCommands(parent: Command, program: Program, read: ReadConfig): void {
  const key = parent.command('key').description('API keys for programs.');

  key
    .command('create')
    .description('Make a key of a user; it is shown once, on the standard output.')
    .requiredOption('--user <name>', 'whose key it is')
    .requiredOption('--name <text>', 'what it is for')
    .option('--scope <permissions...>', 'what it may do; default: nearly all that its owner may')
    .option('--days <days>', 'when it ends; default: never')
    .option('--delegates', 'its holder may say for which of its own users it asks')
    .action(async ({ user, name, scope, days, delegates }: CreateOptions) => {
      const fields = {
        name,
        ...(scope ? { scopes: scope } : {}),
        ...expiry(days),
        ...(delegates && { delegates }),
      };
      const given = await checked(CreateApiKeyDto, fields);
      await withHouse(program, read(), async (house) => {
        const owner = principalOf(await userCalled(house, user), { via: 'cli' });
        const made = await house.get(ApiKeyService).create(owner, given, HERE.address);
        tell(`A key of ${user}, with ${made.apiKey.scopes.join(', ')}:`);
        print(made.key);
      });
    });

  key
    .command('list')
    .description('Show the keys, without their secrets.')
    .option('--user <name>', 'only those of this user')
    .option('--json', 'as JSON')
    .action(async ({ user, json }: { user?: string; json?: boolean }) => {
      const query = await checked(ApiKeyQuery, { limit: '0' });
      await withHouse(program, read(), async (house) => {
        const ownerId = user === undefined ? undefined : (await userCalled(house, user)).id;
        const [keys] = await house.get(ApiKeyService).list(ownerId, query);
        const rows = keys.map((one) => ({
          prefix: one.prefix,
          name: one.name,
          user: one.owner.username,
          scopes: one.scopes.join(','),
          expires: moment(one.expiresAt),
          last_used: moment(one.lastUsedAt),
          revoked: moment(one.revokedAt),
          id: one.id,
        }));
        printRows(rows, json);
      });
    });

  key
    .command('revoke <id>')
    .description('End a key.')
    .action((id: string) =>
      withHouse(program, read(), async (house) => {
        await house.get(ApiKeyService).revoke(operator(), id, HERE.address);
        tell('The key is good for nothing now.');
      }),
    );
}
