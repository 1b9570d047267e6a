import { fieldOf } from './setting-names.js';
import type { SettingSource } from './setting-source.js';
import { settingsOf, type Setting } from './setting.js';
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

/** Numbers, switches and choices; a free text may be a folder, an address or an account, which are nobody else's business. */
function isForUsers({ parse }: Setting, value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || parse.choices !== undefined;
}

/**
 * Every value that is in force and where it came from; a secret is a mask when set, else empty.
 * @param readers `users`: without free texts and without the name of the configuration file
 */
export function effectiveConfig(
  config: Config,
  readers: 'operators' | 'users' = 'operators',
): EffectiveConfig {
  const { sources } = originOf(config);
  const sections = Object.entries(CONFIG_SECTIONS).map(([sectionName, type]) => {
    const section = config[sectionName as keyof Config];
    const fields = settingsOf(type).flatMap((setting) => {
      const { kind, name: from } = sources.get(`${sectionName}.${setting.property}`) ?? {
        kind: 'default' as const,
      };
      const value: unknown = Reflect.get(section, setting.property);
      if (readers === 'users' && !isForUsers(setting, value)) return [];
      const shown = setting.secret && value !== '' ? MASK : value;
      const name = readers === 'users' && kind === 'file' ? null : (from ?? null);
      return [[fieldOf(setting), { value: shown, source: kind, name, doc: setting.doc }] as const];
    });
    return [sectionName, Object.fromEntries(fields)] as const;
  });
  return Object.fromEntries(sections);
}
