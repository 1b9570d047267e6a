import { Command, CommanderError } from 'commander';
import { inspect } from 'node:util';
import { AppError, VERSION } from '../common/index.js';
import { ConfigError, loadConfig } from '../config/index.js';
import { addConfigCommands } from './config-commands.js';
import { addDoctor } from './doctor/doctor.js';
import type { Program, ReadConfig } from './house.js';
import { addKeyCommands } from './key-commands.js';
import { addModelCommands } from './model-commands.js';
import { tell } from './output.js';
import { addSettings, flagsOf } from './setting-options.js';
import { addUserCommands } from './user-commands.js';

const MORE = `
Every command takes the settings of "atelier serve --help", for example --data-dir.
`;

/** The command line as it is understood; nothing is run. */
export function buildCli(program: Program): Command {
  const root = new Command('atelier')
    .description('One authenticated door in front of an image engine.')
    .version(VERSION)
    .addHelpText('after', MORE);
  for (const option of addSettings(new Command()).options) root.addOption(option.hideHelp());
  const serve = addSettings(root.command('serve').description('Run the server.'));
  const read: ReadConfig = () => loadConfig(process.env, { ...flagsOf(root), ...flagsOf(serve) });
  serve.action(() => program.serve(read()));
  addUserCommands(root, program, read);
  addKeyCommands(root, program, read);
  addModelCommands(root, program, read);
  addConfigCommands(root, read);
  addDoctor(root, program, read);
  return root;
}

/** What a person can do something about is told in a sentence, a fault of ours with its stack. */
function explain(error: unknown): string {
  const isExpected =
    error instanceof ConfigError || (error instanceof AppError && error.status < 500);
  return isExpected ? error.message : inspect(error);
}

/** Runs the command that the command line names; a failure sets the exit status to 1. */
export async function runCli(program: Program, argv: string[] = process.argv): Promise<void> {
  // Whoever reads the output may stop when they have seen enough.
  process.stdout.on('error', () => process.exit());
  try {
    await buildCli(program).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    tell(explain(error));
    process.exitCode = 1;
  }
}
