import { fieldOf, flagOf, variablesOf } from './setting-names.js';
import { boolean, settingsOf, type ConfigClass, type Setting } from './setting.js';
import { CONFIG_SECTIONS } from './settings.config.js';

function defaultOf(section: object, setting: Setting): string {
  if (setting.shownDefault) return setting.shownDefault;
  return `\`${String(Reflect.get(section, setting.property))}\``;
}

function variables(setting: Setting): string {
  const names = [...variablesOf(setting), ...(setting.borrowed ? [setting.borrowed] : [])];
  return names.map((name) => `\`${name}\``).join(' or ');
}

function flag(setting: Setting): string {
  return setting.parse === boolean
    ? `\`--${flagOf(setting)}\`, \`--no-${flagOf(setting)}\``
    : `\`--${flagOf(setting)}\``;
}

function table([name, type]: [string, ConfigClass]): string {
  const section = new type();
  const rows = settingsOf(type).map((setting) => {
    const cells = [
      variables(setting),
      flag(setting),
      `\`${fieldOf(setting)}\``,
      defaultOf(section, setting),
      setting.doc,
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    `## ${name}`,
    '',
    `| variable | command line | field in \`${name}\` | default | what it does |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

const HEAD = `# Settings

Made by \`npm run generate\` from the classes in \`src/config\`; do not edit. [docs/configuration.md](../docs/configuration.md)
says how a setting is given: the command line goes before the environment, the environment before the
configuration file, the file before the default. With \`_FILE\` behind its name, a variable names a file that
holds the value.

A value that cannot be used stops the start, and so does a flag, a variable that begins with \`ATELIER_\` or a
field that is not listed here.`;

/** The manual page of every setting, as Markdown. */
export function configReference(): string {
  return `${[HEAD, ...Object.entries(CONFIG_SECTIONS).map(table)].join('\n\n')}\n`;
}

/** An example environment file with every setting, commented out, at its default. */
export function exampleEnv(): string {
  const lines = Object.values(CONFIG_SECTIONS).flatMap((type) => {
    const section = new type();
    return settingsOf(type).flatMap((setting) => {
      const value = setting.shownDefault ? '' : String(Reflect.get(section, setting.property));
      return [`# ${setting.doc}`, `# ${setting.env}=${value}`, ''];
    });
  });
  return ['# Made by `npm run generate`; copy what you change.', '', ...lines].join('\n');
}
