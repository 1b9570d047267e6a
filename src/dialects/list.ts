// One line each: to take a dialect out, remove its line and its folder.
export { A1111 } from './a1111/index.js';
export { MOLD } from './mold/index.js';
export { OPENAI } from './openai/index.js';
export { SDCPP } from './sdcpp/index.js';
