export { addSettings, flagsOf } from './setting-options.js';
