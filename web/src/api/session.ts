import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import {
  authLogin,
  authLogout,
  authMe,
  authRefresh,
  onCredentialLost,
  sessionRevokeOthers,
  type UserDto,
} from './client.js';
import { credential, keepCredential, onOtherTab } from './credential.js';
import { ApiError } from './errors.js';
import { connectLive, disconnectLive } from './live.js';
import { refreshIn } from './token-age.js';

export type Permission = UserDto['permissions'][number];

/** A timer of a browser holds no more than this many milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Who is using the dashboard, and by what credential. */
export const useSession = defineStore('session', () => {
  const user = ref<UserDto>();
  const asked = ref(false);
  let timer = 0;

  const loggedIn = computed(() => user.value !== undefined);

  function can(permission: Permission | undefined): boolean {
    return permission === undefined || (user.value?.permissions.includes(permission) ?? false);
  }

  function enter(who: UserDto): void {
    user.value = who;
    asked.value = true;
    connectLive();
    planRefresh();
  }

  function leave(): void {
    window.clearTimeout(timer);
    keepCredential(undefined);
    user.value = undefined;
    disconnectLive();
  }

  function planRefresh(): void {
    window.clearTimeout(timer);
    const shown = credential();
    const wait = shown?.kind === 'token' ? refreshIn(shown.value, Date.now()) : undefined;
    if (wait === undefined) return;
    timer = window.setTimeout(() => void refresh(shown?.value), Math.min(wait, LONGEST));
  }

  /** One tab exchanges the token for all of them; a token that is used after its exchange ends the log in. */
  async function refresh(old: string | undefined): Promise<void> {
    await navigator.locks
      .request('atelier.refresh', async () => {
        if (credential()?.value !== old) return;
        const { token } = await authRefresh();
        keepCredential({ kind: 'token', value: token });
      })
      .catch(() => undefined);
    planRefresh();
  }

  /** Finds out who we are; nobody, where the credential is not (or no longer) good. */
  async function restore(): Promise<void> {
    if (asked.value) return;
    try {
      enter((await authMe()).user);
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) throw error;
      leave();
    } finally {
      asked.value = true;
    }
  }

  async function logIn(username: string, password: string): Promise<void> {
    const { token, user: who } = await authLogin({ body: { username, password } });
    keepCredential({ kind: 'token', value: token });
    enter(who);
  }

  async function logInWithKey(key: string): Promise<void> {
    keepCredential({ kind: 'key', value: key });
    try {
      enter((await authMe()).user);
    } catch (error) {
      keepCredential(undefined);
      throw error;
    }
  }

  async function logOut(): Promise<void> {
    if (credential()?.kind === 'token') await authLogout().catch(() => undefined);
    leave();
  }

  async function logOutEverywhere(): Promise<void> {
    await sessionRevokeOthers();
    await logOut();
  }

  onCredentialLost(leave);
  onOtherTab(() => {
    if (!credential()) leave();
    else planRefresh();
  });

  return { user, loggedIn, can, restore, logIn, logInWithKey, logOut, logOutEverywhere };
});
