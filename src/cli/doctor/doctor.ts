import type { Command } from 'commander';
import { messageOf } from '../../common/index.js';
import type { Config } from '../../config/index.js';
import type { Program, ReadConfig } from '../house.js';
import { print } from '../output.js';
import { pam } from './accounts.js';
import { database } from './database.js';
import { broken, type Finding } from './finding.js';
import { models } from './models.js';
import { port } from './network.js';
import { addon, ffmpeg, node } from './program.js';
import { configFile, dataFolder, disk } from './storage.js';

const MARKS = { good: '✓', wanting: '!', broken: '✗' } as const;

type Look = () => Finding | Promise<Finding>;

function looks(program: Program, config: Config): Look[] {
  return [
    () => node(),
    () => addon(),
    () => configFile(config),
    () => dataFolder(config),
    () => disk(config),
    () => database(config),
    () => models(program, config),
    () => port(config),
    () => pam(config),
    () => ffmpeg(),
  ];
}

/** Looks at everything that the server needs. */
export async function examine(program: Program, config: Config): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const look of looks(program, config)) {
    try {
      findings.push(await look());
    } catch (error) {
      findings.push(broken(messageOf(error), 'See the message.'));
    }
  }
  return findings;
}

/** `atelier doctor`: the exit status is 1 when something is broken. */
export function addDoctor(parent: Command, program: Program, read: ReadConfig): void {
  parent
    .command('doctor')
    .description('Say what is missing on this machine, and how to mend it.')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(program, read());
      if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1;
      if (json) return print(JSON.stringify(findings, null, 2));
      for (const { state, text, mend } of findings) {
        print(`${MARKS[state]} ${text}`);
        if (mend) print(`    ${mend}`);
      }
    });
}
