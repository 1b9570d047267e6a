import { AppError, ConflictError } from '../common/index.js';

/** 413: more than is kept under one name. */
export class SettingTooLargeError extends AppError {
  constructor(limit: number) {
    super('SETTING_TOO_LARGE', 413, `A setting may take at most ${limit} bytes as JSON.`);
  }
}

/** 409: the user keeps as much as anybody may. */
export class SettingsFullError extends ConflictError {
  constructor(limit: number) {
    super(
      `All settings of a user may take at most ${limit} bytes: delete some first.`,
      'SETTINGS_FULL',
    );
  }
}
