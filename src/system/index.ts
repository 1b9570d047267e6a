export { documentPath } from './api-docs.js';
export { describeApi, operationsOf } from './openapi/document.js';
export type { Restart } from './restart.js';
export { SystemModule } from './system.module.js';
