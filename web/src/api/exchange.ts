const LOCK = 'atelier.refresh';

/** Milliseconds after which the exchange of another tab is known in this one, where the browser has no locks. */
const KNOWN_AFTER = 1000;

/** Browsers have locks over HTTPS and on the machine itself only. */
const hasLocks = (): boolean => 'locks' in navigator;

/** Exchanges the token; one tab at a time, where the browser can see to it. */
export async function exchangeAlone(exchange: () => Promise<void>): Promise<void> {
  if (hasLocks()) await navigator.locks.request(LOCK, exchange);
  else await exchange();
}

/** Waits until an exchange that is under way, here or in another tab, is done and known here. */
export async function exchangesDone(): Promise<void> {
  if (hasLocks()) await navigator.locks.request(LOCK, () => Promise.resolve());
  else await new Promise((resolve) => setTimeout(resolve, KNOWN_AFTER));
}
