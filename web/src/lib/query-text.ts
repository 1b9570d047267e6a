import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** A field of the address's query as a text; empty is not in it. */
export function useQueryText(name: string): WritableComputedRef<string> {
  const route = useRoute();
  const router = useRouter();
  return computed({
    get: () => {
      const value = route.query[name];
      return typeof value === 'string' ? value : '';
    },
    set: (next) => {
      const { [name]: _, ...rest } = route.query;
      void router.replace({ query: next ? { ...rest, [name]: next } : rest });
    },
  });
}
