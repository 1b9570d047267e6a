export { CONFIG, ConfigModule } from './config.module.js';
export { databaseOptions } from './database.js';
export { ConfigError, loadConfig, type Environment } from './load-config.js';
export { configReference, exampleEnv } from './reference.js';
export type { Config } from './settings.config.js';
