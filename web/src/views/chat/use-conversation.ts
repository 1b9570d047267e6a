import { useThrottleFn } from '@vueuse/core';
import { computed, onScopeDispose, ref } from 'vue';
import { assistantClear, assistantHistory } from '../../api/client.js';
import { credentialHeaders } from '../../api/credential.js';
import { toApiError } from '../../api/errors.js';
import { lineOf, newLine, withEvent, type Line } from './conversation-line.js';
import { serverEvents } from './server-events.js';

/** Milliseconds between two looks of a reader: what comes in them is shown together. */
const FRAME_MS = 60;

async function* answerTo(message: string, context: object, signal: AbortSignal) {
  const response = await fetch('/api/assistant/chat/stream', {
    method: 'POST',
    headers: { ...credentialHeaders(), 'content-type': 'application/json' },
    body: JSON.stringify({ message, context }),
    signal,
  });
  if (!response.ok || !response.body) {
    const body: unknown = await response.json().catch(() => undefined);
    throw toApiError(body, response.status);
  }
  yield* serverEvents(response.body);
}

/** The user's conversation with the assistant: what was said, and what is being said. */
export function useConversation() {
  const lines = ref<Line[]>([]);
  const pending = ref(true);
  const error = ref<unknown>();
  let hangUp = new AbortController();

  const streaming = computed(() => lines.value.at(-1)?.state === 'streaming');

  async function load(): Promise<void> {
    pending.value = true;
    error.value = undefined;
    try {
      lines.value = (await assistantHistory()).messages.map(lineOf);
    } catch (refused) {
      error.value = refused;
    } finally {
      pending.value = false;
    }
  }

  /** Shows an answer anew, unless it has ended. */
  function show(line: Line): void {
    const at = lines.value.findIndex(({ id, state }) => id === line.id && state === 'streaming');
    if (at >= 0) lines.value = lines.value.with(at, line);
  }

  function end(state: 'stopped' | 'failed', trouble?: Line['trouble']): void {
    const line = lines.value.at(-1);
    if (line) show({ ...line, state, ...(trouble && { trouble }) });
  }

  /** @param context what the assistant is told of the page */
  async function ask(message: string, context: object): Promise<void> {
    // What was said before comes first, also where somebody types faster than it loads.
    await loaded;
    if (streaming.value) return;
    error.value = undefined;
    hangUp = new AbortController();
    const { signal } = hangUp;
    let answer = newLine('assistant');
    lines.value = [...lines.value, newLine('user', message), answer];
    const showSoon = useThrottleFn(() => show(answer), FRAME_MS, true);
    try {
      for await (const event of answerTo(message, context, signal)) {
        answer = withEvent(answer, event);
        void showSoon();
      }
      show(answer);
      end('failed', { category: 'transport', message: 'The answer broke off.' });
    } catch (refused) {
      show(answer);
      end('failed', { category: 'client', message: toApiError(refused).message });
    }
  }

  /** Hangs up: the language model is stopped too. */
  function stop(): void {
    hangUp.abort();
    end('stopped');
  }

  /** Asks the last question again, in the place of the answer that failed. */
  async function retry(context: object): Promise<void> {
    const question = lines.value.findLast(({ role }) => role === 'user');
    if (!question || streaming.value) return;
    lines.value = lines.value.slice(0, lines.value.indexOf(question));
    await ask(question.content, context);
  }

  async function clear(): Promise<void> {
    await assistantClear();
    lines.value = [];
  }

  onScopeDispose(() => hangUp.abort());
  const loaded = load();

  return { lines, pending, error, streaming, load, ask, stop, retry, clear };
}
