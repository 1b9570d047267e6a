import { Option, type Command } from 'commander';
import { settingFlags, type Flags } from '../config/index.js';

/** Gives a command an option for every setting of the server. */
export function addSettings(command: Command): Command {
  for (const { name, isSwitch, section, doc } of settingFlags()) {
    const flags = isSwitch ? [`--${name}`, `--no-${name}`] : [`--${name} <value>`];
    for (const flag of flags) {
      const option = new Option(flag, doc).helpGroup(`Settings: ${section}`);
      command.addOption(flag.startsWith('--no-') ? option.hideHelp() : option);
    }
  }
  return command;
}

/** The settings that were given on the command line, by the names of their flags. */
export function flagsOf(command: Command): Flags {
  const flags: Flags = {};
  for (const option of command.options) {
    const key = option.attributeName();
    if (command.getOptionValueSource(key) !== 'cli') continue;
    const value: unknown = command.getOptionValue(key);
    flags[option.name().replace(/^no-/, '')] = String(value);
  }
  return flags;
}
