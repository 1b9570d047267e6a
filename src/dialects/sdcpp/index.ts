export { SDCPP } from './sdcpp.js';
