// One line each: to take a dialect out, remove its line and its folder.
export { SDCPP } from './sdcpp/index.js';
