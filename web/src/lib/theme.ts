import { useLocalStorage } from '@vueuse/core';
import { watchEffect } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The colours that this browser's user chose. */
export const theme = useLocalStorage<Theme>('atelier.theme', 'system');

export function applyTheme(): void {
  watchEffect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
  });
}
