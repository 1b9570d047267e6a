import { watchDebounced } from '@vueuse/core';
import { ref, type Ref } from 'vue';
import { factsEstimate, factsValidate, type FactsEstimateResponse } from '../../api/client.js';
import { ApiError } from '../../api/errors.js';
import type { Kind, Values } from './parameters.js';
import { withoutPictures } from './request.js';

export type Estimate = FactsEstimateResponse['estimate'];

/** Milliseconds without typing after which the server is asked. */
const PAUSE = 400;

export interface Forecast {
  estimate: Ref<Estimate | undefined>;
  /** What is wrong, by the name of the option. */
  problems: Ref<Record<string, string>>;
  /** Shows what a refused submission said. */
  refuse: (error: unknown) => void;
}

function byField(problems: ReadonlyArray<{ field: string; message: string }>) {
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]));
}

/** Asks the server what it thinks of the request whenever that has rested for a moment. */
export function useForecast(
  request: () => { kind: Kind; body: Values; needed: string[] },
): Forecast {
  const estimate = ref<Estimate>();
  const problems = ref<Record<string, string>>({});
  let turn = 0;

  async function ask(): Promise<void> {
    turn += 1;
    const mine = turn;
    const { kind, body, needed } = request();
    const light = { ...withoutPictures(body), kind };
    const [valid, cost] = await Promise.allSettled([
      factsValidate({ body: light }),
      // There is no saying how long what cannot be done takes.
      needed.length === 0 ? factsEstimate({ body: light }) : undefined,
    ]);
    if (mine !== turn) return;
    if (valid.status === 'fulfilled') {
      // What is simply not there yet is no mistake.
      problems.value = byField(valid.value.errors.filter(({ field }) => !needed.includes(field)));
    }
    estimate.value = cost.status === 'fulfilled' ? cost.value?.estimate : undefined;
  }

  watchDebounced(
    () => JSON.stringify({ ...request(), body: withoutPictures(request().body) }),
    () => void ask(),
    { debounce: PAUSE, immediate: true },
  );

  function refuse(error: unknown): void {
    if (error instanceof ApiError) problems.value = byField(error.problems);
  }

  return { estimate, problems, refuse };
}
