import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 20;

/**
 * Asks again and again until the answer is neither undefined nor false, and gives that answer.
 * @param within milliseconds until it gives up, with an error that says what was waited for
 */
export async function until<T>(
  what: string,
  within: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const limit = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > limit) throw new Error(`Waited ${within} ms in vain: ${what}`);
    await pause(EVERY_MS);
  }
}
