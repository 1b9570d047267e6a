// One line each: to take a dialect out, remove its line and its folder.
export { OPENAI } from './openai/index.js';
export { SDCPP } from './sdcpp/index.js';
