import { defineStore } from 'pinia';
import { computed, reactive, ref, watch } from 'vue';
import { useSession } from '../../api/session.js';
import { fromKept, toKept } from './kept-form.js';
import { isEmpty, type Kind, type Value, type Values } from './parameters.js';
import type { Recipe } from './recipe.js';

/** What was said in the form of this user: only that is sent, and it stays over views and reloads. */
export const useCreateForm = defineStore('create-form', () => {
  const session = useSession();
  const kind = ref<Kind>('text2img');
  const values = reactive<Values>({});
  const place = computed(() => session.user && `atelier.create.${session.user.id}`);

  function set(name: string, value: Value | undefined): void {
    if (value === undefined || (isEmpty(value) && name !== 'prompt')) delete values[name];
    else values[name] = value;
  }

  function clear(): void {
    for (const name of Object.keys(values)) delete values[name];
  }

  function fill(recipe: Recipe): void {
    clear();
    Object.assign(values, recipe.values);
    if (recipe.kind) kind.value = recipe.kind;
  }

  watch(
    place,
    (here) => {
      clear();
      const kept = here ? fromKept(localStorage.getItem(here)) : undefined;
      kind.value = kept?.kind ?? 'text2img';
      Object.assign(values, kept?.values);
    },
    { immediate: true, flush: 'sync' },
  );
  watch([kind, values], () => {
    if (place.value) localStorage.setItem(place.value, toKept({ kind: kind.value, values }));
  });

  return { kind, values, set, clear, fill };
});
