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
import { exchangeAlone, exchangesDone } from './exchange.js';
import { connectLive, disconnectLive } from './live.js';
import type { Permission } from './permission.js';
import { refreshIn } from './token-age.js';

export type { Permission };

/**
 * How a user came in: by a log in, by an API key, with nothing where everybody may (`none`), or on the word
 * of the machine or a proxy.
 */
export type Way = 'token' | 'key' | 'none' | 'machine';

/** The user that everybody is who comes with nothing. */
const EVERYBODY = 'anonymous';

/** A timer of a browser holds no more than this many milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds between an exchange of the token that did not work and the next. */
const AGAIN = 30_000;

/** Milliseconds that a new token is kept at least: by a clock that is wrong it may seem old already. */
const KEPT = 600_000;

/** Who is using the dashboard, and by what credential. */
export const useSession = defineStore('session', () => {
  const user = ref<UserDto>();
  const way = ref<Way>('none');
  const asked = ref(false);
  let timer = 0;

  const loggedIn = computed(() => user.value !== undefined);

  function can(permission: Permission | undefined): boolean {
    return permission === undefined || (user.value?.permissions.includes(permission) ?? false);
  }

  function enter(who: UserDto): void {
    user.value = who;
    way.value = credential()?.kind ?? (who.username === EVERYBODY ? 'none' : 'machine');
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

  /** @param soonest milliseconds to wait at least */
  function planRefresh(soonest = 0): void {
    window.clearTimeout(timer);
    const shown = credential();
    const wait = shown?.kind === 'token' ? refreshIn(shown.value, Date.now()) : undefined;
    if (wait === undefined) return;
    const later = Math.min(Math.max(wait, soonest), LONGEST);
    timer = window.setTimeout(() => void refresh(shown?.value), later);
  }

  /** One tab exchanges the token for all of them; a token that is used after its exchange ends the log in. */
  async function refresh(old: string | undefined): Promise<void> {
    try {
      await exchangeAlone(async () => {
        if (credential()?.value !== old) return;
        const { token } = await authRefresh();
        keepCredential({ kind: 'token', value: token });
      });
      planRefresh(KEPT);
    } catch (error) {
      await exchangesDone();
      const isOver = error instanceof ApiError && error.status === 401;
      if (isOver && credential()?.value === old) leave();
      else planRefresh(AGAIN);
    }
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

  /** Where everybody may come in without a credential. */
  async function goOnWithout(): Promise<void> {
    keepCredential(undefined);
    enter((await authMe()).user);
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
    else planRefresh(KEPT);
  });

  return {
    user,
    way,
    loggedIn,
    can,
    restore,
    logIn,
    logInWithKey,
    goOnWithout,
    logOut,
    logOutEverywhere,
  };
});
