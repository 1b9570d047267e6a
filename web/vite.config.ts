import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const server = process.env.ATELIER_ADDRESS ?? 'http://localhost:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // A data URL in a style sheet would need a hole in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': server,
      '/socket.io': { target: server, ws: true },
    },
  },
});
