export { GenerateModule } from './generate.module.js';
