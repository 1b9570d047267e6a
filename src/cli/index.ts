export type { House } from './house.js';
export { runCli } from './run-cli.js';
export { addSettings, flagsOf } from './setting-options.js';
