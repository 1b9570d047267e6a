import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { boolean, integer, list, text, Setting } from './setting.js';

function defaultDataDir(): string {
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'atelier');
}

/** What is kept on disk, and where. */
export class StorageConfig {
  @Setting({
    env: 'ATELIER_DATA_DIR',
    parse: text,
    doc: 'Folder for the database, the outputs and the secrets; created for this user only (0700).',
    shownDefault: '$XDG_DATA_HOME/atelier, or ~/.local/share/atelier',
  })
  dataDir = defaultDataDir();

  @Setting({
    env: 'ATELIER_CLOCK_PATIENCE_HOURS',
    parse: integer(0, 8760),
    doc: 'When the clock is more than a day ahead of when this server last ran, how many hours it must run with that time before anything is removed for its age; 0 believes the clock at once.',
  })
  clockPatienceHours = 24;

  @Setting({
    env: 'ATELIER_BEGIN_ANEW',
    parse: boolean,
    doc: 'Whether to start although the database has no users and the data folder has been in use: as a first start, without the users, keys and jobs of before. To be taken away again afterwards.',
  })
  beginAnew = false;

  @Setting({
    env: 'ATELIER_OUTPUT_DIR',
    alias: ['STABLE_DIFFUSION_OUTPUT_DIR', 'MOLD_OUTPUT_DIR'],
    parse: text,
    doc: 'Folder for finished pictures, a subfolder for each job.',
    shownDefault: '`outputs` in the data folder',
  })
  outputDir = '';

  @Setting({
    env: 'ATELIER_MODELS_DIR',
    alias: ['STABLE_DIFFUSION_MODELS_DIR'],
    parse: list(delimiter),
    doc: `Folders to look for models in, separated by "${delimiter}". The embedded models are always found besides.`,
    shownDefault: '`models` in the data folder',
  })
  modelsDirs: string[] = [];

  @Setting({
    env: 'ATELIER_RESERVE_MB',
    parse: integer(0, 65_536),
    doc: 'MiB that a file in the data folder holds in reserve: given up when the disk is full, so that people can still sign in and delete, and made again when there is room. 0: none.',
  })
  reserveMb = 32;
}
