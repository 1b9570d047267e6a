import { fieldOf } from './setting-names.js';
import type { SettingSource } from './setting-source.js';
import { settingsOf } from './setting.js';
import { CONFIG_SECTIONS, type Config } from './settings.config.js';

/** Instead of a secret that is set. */
export const MASK = '********';

/** Where a configuration came from. */
export interface ConfigOrigin {
  /** The configuration file, if one was read. */
  file?: string;
  /** By `section.property`; what is missing is a default. */
  sources: ReadonlyMap<string, SettingSource>;
}

export interface EffectiveSetting {
  value: unknown;
  source: SettingSource['kind'];
  /** The flag, the variable, or the field and its file; null for a default. */
  name: string | null;
  /** What it does, in a sentence. */
  doc: string;
}

/** By section and field, as a configuration file has them. */
export type EffectiveConfig = Record<string, Record<string, EffectiveSetting>>;

const origins = new WeakMap<Config, ConfigOrigin>();

export function rememberOrigin(config: Config, origin: ConfigOrigin): void {
  origins.set(config, origin);
}

/** Where a loaded configuration came from; one that was put together by hand came from nowhere. */
export function originOf(config: Config): ConfigOrigin {
  return origins.get(config) ?? { sources: new Map() };
}

/** Every value that is in force and where it came from; a secret is a mask when set, else empty. */
export function effectiveConfig(config: Config): EffectiveConfig {
  const { sources } = originOf(config);
  const sections = Object.entries(CONFIG_SECTIONS).map(([name, type]) => {
    const section = config[name as keyof Config];
    const fields = settingsOf(type).map((setting) => {
      const { kind, name: from } = sources.get(`${name}.${setting.property}`) ?? {
        kind: 'default' as const,
      };
      const value: unknown = Reflect.get(section, setting.property);
      const shown = setting.secret && value !== '' ? MASK : value;
      return [
        fieldOf(setting),
        { value: shown, source: kind, name: from ?? null, doc: setting.doc },
      ] as const;
    });
    return [name, Object.fromEntries(fields)] as const;
  });
  return Object.fromEntries(sections);
}
