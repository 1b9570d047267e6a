import type { ConfigDto } from '../../../api/generated/types.gen.js';

type Setting = ConfigDto['config'][string][string];

export interface SettingRow {
  /** As a configuration file has it: section and field. */
  name: string;
  value: string;
  doc: string;
  source: Setting['source'];
  /** The flag, the variable, or the field and its file. */
  from: string | null;
}

export interface SettingSection {
  section: string;
  rows: SettingRow[];
}

function textOf(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The settings by section that have all the words, in their name, value, origin or sentence. */
export function settingSections(config: ConfigDto['config'], search: string): SettingSection[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return Object.entries(config)
    .map(([section, fields]) => ({
      section,
      rows: Object.entries(fields)
        .map(([field, { value, source, name, doc }]) => ({
          name: `${section}.${field}`,
          value: textOf(value),
          doc,
          source,
          from: name,
        }))
        .filter((row) => {
          const text = Object.values(row).join(' ').toLowerCase();
          return words.every((word) => text.includes(word));
        }),
    }))
    .filter(({ rows }) => rows.length > 0);
}
