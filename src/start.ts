import { Command } from 'commander';
import { inspect } from 'node:util';
import { addSettings, flagsOf } from './cli/index.js';
import { ConfigError, loadConfig } from './config/index.js';
import { serve } from './serve.js';

const command = addSettings(new Command('atelier serve').description('Run the server.'));

try {
  command.parse();
  await serve(loadConfig(process.env, flagsOf(command)));
} catch (error) {
  // A fault of the configuration is the operator's to mend: a sentence helps, a stack trace does not.
  process.stderr.write(`${error instanceof ConfigError ? error.message : inspect(error)}\n`);
  process.exit(1);
}
