export { MOLD } from './mold.js';
