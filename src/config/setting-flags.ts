import { CONFIG_FILE_FLAG } from './load-config.js';
import { flagOf } from './setting-names.js';
import { boolean, settingsOf } from './setting.js';
import { CONFIG_SECTIONS } from './settings.config.js';

/** An option of the command line. */
export interface SettingFlag {
  /** Without the dashes before it. */
  name: string;
  /** Takes no value; its opposite has `no-` before its name. */
  isSwitch: boolean;
  section: string;
  doc: string;
}

/** Every option of the command line that sets something, in the order of the manual. */
export function settingFlags(): SettingFlag[] {
  const settings = Object.entries(CONFIG_SECTIONS).flatMap(([section, type]) =>
    settingsOf(type).map((setting) => ({
      name: flagOf(setting),
      isSwitch: setting.parse === boolean,
      section,
      doc: setting.secret ? `File that holds it. ${setting.doc}` : setting.doc,
    })),
  );
  const file = {
    name: CONFIG_FILE_FLAG,
    isSwitch: false,
    section: 'file',
    doc: 'The configuration file, YAML or JSON.',
  };
  return [file, ...settings];
}
