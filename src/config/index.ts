export { CONFIG, ConfigModule } from './config.module.js';
export { closeDataFolder } from './data-folder.js';
export { AUTH_METHODS, type AuthMethod } from './auth.config.js';
export { ConfigError } from './config-error.js';
export { databaseOptions } from './database.js';
export {
  effectiveConfig,
  originOf,
  type EffectiveConfig,
  type EffectiveSetting,
} from './effective-config.js';
export type { ListenerPlan, StaticFiles } from './listeners.js';
export { FolderLock } from './folder-lock.js';
export { loadConfig } from './load-config.js';
export { configReference, exampleEnv } from './reference.js';
export { addressProblem } from './setting.js';
export { StorageReserve } from './storage-reserve.js';
export { settingFlags, type SettingFlag } from './setting-flags.js';
export type { Environment, Flags } from './setting-source.js';
export type { Config } from './settings.config.js';
export { ENDPOINT_KINDS, TEXT_BOUNDS, type EndpointKind } from './text.config.js';
export { markUsed } from './used-folder.js';
