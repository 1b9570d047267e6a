import { useMutation, useQueryCache } from '@pinia/colada';
import { usersRemove, usersUpdate, type AccountDto } from '../../api/client.js';
import { ApiError, messageOf } from '../../api/errors.js';
import { useSession } from '../../api/session.js';
import { useConfirm, type Question } from '../../ui/confirm.js';
import { toast } from '../../ui/toasts.js';
import { ROLE_NAMES, type Role } from './roles.js';

type Change = Partial<Pick<AccountDto, 'role' | 'disabled'>>;

interface PersonActions {
  setRole: (person: AccountDto, role: Role) => Promise<void>;
  setDisabled: (person: AccountDto, disabled: boolean) => Promise<void>;
  remove: (person: AccountDto) => Promise<void>;
}

/** What a refusal means for whoever asked for it, and what to do instead. */
function explained(error: unknown, { username }: AccountDto): string {
  if (!(error instanceof ApiError) || error.code !== 'LAST_ADMIN') return messageOf(error);
  return `${username} is the last administrator who is not disabled. Make somebody else one first, so that there is always one left.`;
}

/** What an administrator does to a person; asks first wherever somebody loses something. */
export function usePersonActions(): PersonActions {
  const confirm = useConfirm();
  const cache = useQueryCache();
  const session = useSession();

  const settled = {
    onError: (error: unknown, { person }: { person: AccountDto }) =>
      toast(explained(error, person), { kind: 'bad' }),
    onSettled: () => cache.invalidateQueries({ key: ['people'] }),
  };
  const { mutateAsync: update } = useMutation({
    mutation: ({ person, change }: { person: AccountDto; change: Change }) =>
      usersUpdate({ path: { id: person.id }, body: change }),
    ...settled,
  });
  const { mutateAsync: drop } = useMutation({
    mutation: ({ person }: { person: AccountDto }) => usersRemove({ path: { id: person.id } }),
    ...settled,
    onError: (error, vars) => {
      if (!isAboutJobs(error)) settled.onError(error, vars);
    },
  });

  async function change(person: AccountDto, what: Change, said: string): Promise<void> {
    const done = await update({ person, change: what }).catch(() => undefined);
    if (done) toast(said, { kind: 'good' });
  }

  async function disable(person: AccountDto, question: Question): Promise<void> {
    if (await confirm(question))
      await change(person, { disabled: true }, `${person.username} is disabled.`);
  }

  return {
    async setRole(person, role) {
      if (role === person.role) return;
      const own = person.id === session.user?.id;
      const question = {
        title: 'Give up your own role?',
        text: `You would be a ${ROLE_NAMES[role].toLowerCase()} from now on, and could not undo it yourself.`,
        action: 'Change my role',
        danger: true,
      };
      if (own && !(await confirm(question))) return;
      await change(person, { role }, `${person.username} is now: ${ROLE_NAMES[role]}.`);
    },

    async setDisabled(person, disabled) {
      if (!disabled)
        return change(person, { disabled: false }, `${person.username} may come in again.`);
      await disable(person, {
        title: `Disable ${person.username}?`,
        text: 'Their log ins end, and their API keys are refused for as long as it lasts. Their pictures stay.',
        action: 'Disable',
        danger: true,
      });
    },

    async remove(person) {
      const sure = await confirm({
        title: `Remove ${person.username}?`,
        text: 'The account is gone for good, with its log ins and API keys.',
        action: 'Remove',
        danger: true,
      });
      if (!sure) return;
      try {
        await drop({ person });
        toast(`${person.username} is removed.`, { kind: 'good' });
      } catch (error) {
        if (!isAboutJobs(error) || person.disabled) return;
        await disable(person, {
          title: `${person.username} has pictures`,
          text: 'A person with jobs cannot be removed: the pictures would belong to nobody. Disable the account instead? Then nobody comes in with it, and the pictures stay.',
          action: 'Disable instead',
        });
      }
    },
  };
}

function isAboutJobs(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'USER_HAS_JOBS';
}
