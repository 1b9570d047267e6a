export {
  MASK,
  RuntimeSettings,
  type ChangedSettings,
  type SettingActor,
  type SettingChanges,
  type SettingGroup,
} from './runtime-settings.js';
export { SettingsFullError, SettingTooLargeError } from './settings.errors.js';
export { SettingsModule } from './settings.module.js';
export { UserSettings, type SettingValue } from './user-settings.js';
