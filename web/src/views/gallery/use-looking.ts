import { useEventListener } from '@vueuse/core';
import { onScopeDispose, ref, type Ref } from 'vue';
import { isLooking } from './scroll-pace.js';

/** Milliseconds without a step after which scrolling is over. */
const REST = 120;

/** Whether the page is still, or scrolled slowly enough that what passes is worth fetching. */
export function useLooking(): Readonly<Ref<boolean>> {
  const looking = ref(true);
  let top = window.scrollY;
  let at = performance.now();
  let timer = 0;

  useEventListener(
    window,
    'scroll',
    () => {
      const now = performance.now();
      looking.value = isLooking(window.scrollY - top, now - at, window.innerHeight);
      top = window.scrollY;
      at = now;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => (looking.value = true), REST);
    },
    { passive: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));
  return looking;
}
