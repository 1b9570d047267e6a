export { describeApi, operationsOf } from './openapi/document.js';
export { SystemModule } from './system.module.js';
