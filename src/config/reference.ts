import { settingsOf, type Setting } from './setting.js';
import { CONFIG_SECTIONS } from './settings.config.js';

function defaultOf(section: object, setting: Setting): string {
  if (setting.shownDefault) return setting.shownDefault;
  return `\`${String(Reflect.get(section, setting.property))}\``;
}

function names(setting: Setting): string {
  return [setting.env, ...(setting.alias ?? [])].map((name) => `\`${name}\``).join(' or ');
}

function table(name: string): string {
  const type = CONFIG_SECTIONS[name as keyof typeof CONFIG_SECTIONS];
  const section = new type();
  const rows = settingsOf(type).map(
    (setting) => `| ${names(setting)} | ${defaultOf(section, setting)} | ${setting.doc} |`,
  );
  return [
    `## ${name}`,
    '',
    '| variable | default | what it does |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The manual page of every setting, as Markdown. */
export function configReference(): string {
  const head = [
    '# Settings',
    '',
    'Made by `npm run generate` from the classes in `src/config`; do not edit.',
    '',
    'Every setting is an environment variable. With `_FILE` behind its name, the variable names a file that holds the',
    'value. A value that cannot be used, or a variable that begins with `ATELIER_` and is not listed here, stops the start.',
  ];
  return `${[head.join('\n'), ...Object.keys(CONFIG_SECTIONS).map(table)].join('\n\n')}\n`;
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
