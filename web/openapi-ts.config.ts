import { defineConfig } from '@hey-api/openapi-ts';

/** `QueueController.status` becomes `queueStatus`; a second address of the same handler is left out. */
export default defineConfig({
  input: '../docs/openapi.json',
  output: { path: 'src/api/generated', clean: true },
  parser: {
    filters: {
      operations: { exclude: ['/.*\\/api\\/v1\\/jobs\\/.*/'] },
      tags: { exclude: ['dashboard'] },
    },
    patch: {
      operations: (_method, _path, operation) => {
        operation.operationId = operation.operationId
          ?.replace('Controller', '')
          .replace(/\[\d\]/, '');
      },
    },
  },
  plugins: [
    '@hey-api/typescript',
    { name: '@hey-api/client-fetch', throwOnError: true },
    { name: '@hey-api/sdk', responseStyle: 'data' },
  ],
});
