import { useIntervalFn, watchDebounced } from '@vueuse/core';
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { logRead } from '../../../api/client.js';
import { NOTHING_KNOWN, withAnswer, type KnownLog, type LogLine } from './log-lines.js';

/** Milliseconds between two looks. */
const PAUSE = 2000;

/** Milliseconds after the last key until it is looked for. */
const TYPING = 300;

export interface LiveLog {
  known: ShallowRef<KnownLog>;
  /** Before the first answer. */
  pending: Ref<boolean>;
  error: ShallowRef<unknown>;
  paused: Ref<boolean>;
  look: () => Promise<void>;
}

/** The tail of the server's log, as long as somebody looks at it. */
export function useLog(level: Ref<string>, search: Ref<string>): LiveLog {
  const known = shallowRef(NOTHING_KNOWN);
  const pending = ref(true);
  const error = shallowRef<unknown>();
  const paused = ref(false);
  /** Answers to a filter that is no longer asked for do not count. */
  let turn = 0;

  async function look(): Promise<void> {
    const mine = turn;
    const { run, newest } = known.value;
    const words = search.value.trim();
    try {
      const answer = await logRead({
        query: {
          level: level.value as LogLine['level'],
          after: newest,
          ...(run && { run }),
          ...(words && { search: words }),
        },
      });
      // Two looks at once get the same lines.
      if (mine !== turn || known.value.newest !== newest) return;
      known.value = withAnswer(known.value, answer);
      error.value = undefined;
    } catch (thrown) {
      error.value = thrown;
    } finally {
      pending.value = false;
    }
  }

  watchDebounced(
    [level, search],
    () => {
      turn += 1;
      known.value = NOTHING_KNOWN;
      void look();
    },
    { debounce: TYPING },
  );
  useIntervalFn(() => paused.value || void look(), PAUSE, { immediateCallback: true });
  return { known, pending, error, paused, look };
}
