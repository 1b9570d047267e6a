export { A1111 } from './a1111.js';
