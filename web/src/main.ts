import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { PiniaColada } from '@pinia/colada';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { applyTheme } from './lib/theme.js';
import { router } from './router.js';

applyTheme();
createApp(App).use(createPinia()).use(PiniaColada).use(router).mount('#app');
