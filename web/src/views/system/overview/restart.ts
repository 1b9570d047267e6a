import { ref, type Ref } from 'vue';
import { systemRestart, systemSystem } from '../../../api/client.js';
import { messageOf } from '../../../api/errors.js';
import { useConfirm } from '../../../ui/confirm.js';
import { toast } from '../../../ui/toasts.js';

/** Milliseconds between two looks whether the server is back, and how long it is looked for. */
const PAUSE = 1000;
const PATIENCE = 180_000;

function pause(): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, PAUSE));
}

/** Seconds since the server began; undefined while it does not answer. */
async function uptime(): Promise<number | undefined> {
  try {
    return (await systemSystem()).system.process.uptime;
  } catch {
    return undefined;
  }
}

export interface RestartState {
  restarting: Ref<boolean>;
  restart: () => Promise<void>;
}

/** Restarts the server, after a question, and waits until it is back. */
export function useRestart(back: () => void): RestartState {
  const confirm = useConfirm();
  const restarting = ref(false);

  async function wait(before: number): Promise<void> {
    const asked = Date.now();
    while (Date.now() - asked < PATIENCE) {
      await pause();
      const now = await uptime();
      if (now !== undefined && now < before + (Date.now() - asked) / 2000) return;
    }
    throw new Error(
      `The server is not back after ${PATIENCE / 1000} s. Look at it on its machine.`,
    );
  }

  async function restart(): Promise<void> {
    const yes = await confirm({
      title: 'Restart the server?',
      text: 'Running jobs get a moment to finish, or wait in the queue and run afterwards. Nobody can use the server for some seconds.',
      action: 'Restart',
      danger: true,
    });
    if (!yes) return;
    restarting.value = true;
    try {
      const before = await uptime();
      await systemRestart();
      await wait(before ?? 0);
      toast('The server is back.', { kind: 'good' });
      back();
    } catch (error) {
      toast(messageOf(error), { kind: 'bad' });
    } finally {
      restarting.value = false;
    }
  }

  return { restarting, restart };
}
