import type { Command } from 'commander';
import { effectiveConfig, originOf } from '../config/index.js';
import type { ReadConfig } from './house.js';
import { print, printRows } from './output.js';

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** `atelier config …` */
export function addConfigCommands(parent: Command, read: ReadConfig): void {
  parent
    .command('config')
    .description('The settings in force.')
    .command('print')
    .description('Print each setting and where it came from; secrets are masked.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => {
      const config = read();
      const effective = effectiveConfig(config);
      if (json) return print(JSON.stringify(effective, null, 2));
      const rows = Object.entries(effective).flatMap(([section, fields]) =>
        Object.entries(fields).map(([field, { value, source, name }]) => ({
          setting: `${section}.${field}`,
          value: text(value),
          source,
          from: name,
        })),
      );
      printRows(rows, false);
      const { file } = originOf(config);
      print(`\nConfiguration file: ${file ?? 'none'}`);
    });
}
