import { shallowRef } from 'vue';

export interface Toast {
  id: number;
  text: string;
  kind: 'news' | 'good' | 'bad';
  /** Milliseconds that it stays. */
  duration: number;
  action?: { label: string; run: () => void };
}

/** What is told at the edge of the screen. */
export const toasts = shallowRef<readonly Toast[]>([]);

let last = 0;

/** Says something at the edge of the screen; problems stay longer than good news. */
export function toast(
  text: string,
  { kind = 'news', duration, action }: Partial<Omit<Toast, 'id' | 'text'>> = {},
): void {
  last += 1;
  const stays = duration ?? (kind === 'bad' || action ? 10_000 : 4000);
  toasts.value = [...toasts.value, { id: last, text, kind, duration: stays, action }];
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
