export { watchEventLoop } from './watchdog/watchdog.js';
export { documentPath } from './api-docs.js';
export { LogTail } from './logs/log-tail.js';
export { describeApi, operationsOf } from './openapi/document.js';
export type { Restart } from './restart.js';
export { SystemModule, type SystemParts } from './system.module.js';
