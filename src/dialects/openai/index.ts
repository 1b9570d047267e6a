export { OPENAI } from './openai.js';
