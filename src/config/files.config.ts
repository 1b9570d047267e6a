import ipaddr from 'ipaddr.js';
import { boolean, integer, list, oneOf, Setting, type SettingParser } from './setting.js';

/** TCP ports. */
function ports(): SettingParser<number[]> {
  const entries = list();
  const port = integer(1, 65_535);
  const parse = (value: string): number[] =>
    entries(value).map((entry) => {
      try {
        return port(entry);
      } catch {
        throw new Error('TCP ports, separated by commas');
      }
    });
  return Object.assign(parse, { separator: entries.separator });
}

/** Names of hosts, IP addresses, and networks. */
export function hosts(): SettingParser<string[]> {
  const entries = list();
  const parse = (value: string): string[] => {
    const found = entries(value);
    if (found.every((entry) => ipaddr.isValidCIDR(entry) || /^[\w.:-]+$/.test(entry))) return found;
    throw new Error('hosts, addresses and networks such as 10.1.0.0/16, separated by commas');
  };
  return Object.assign(parse, { separator: entries.separator });
}

/** True or false, or a folder to keep something in: then it is kept; an empty text keeps nothing. */
const keeping: SettingParser<boolean> = (value) => {
  if (value === '') return false;
  if (/[/\\]/.test(value)) return true;
  try {
    return boolean(value);
  } catch {
    throw new Error('true or false, or a folder with a / in it');
  }
};

/** Finished pictures, and pictures from elsewhere. */
export class FilesConfig {
  @Setting({
    env: 'ATELIER_FILES_ACCESS',
    parse: oneOf('public', 'signed', 'owner'),
    doc: 'Who may fetch an output: `public`, whoever knows its address, which cannot be guessed; `signed`, whoever has a signed link of its owner, until that expires; `owner`, only its owner and administrators, with their credential.',
  })
  access: 'public' | 'signed' | 'owner' = 'public';

  @Setting({
    env: 'ATELIER_KEEP_ANSWERED',
    alias: ['MOLD_OUTPUT_DIR'],
    emptyCounts: true,
    parse: keeping,
    doc: 'Whether outputs stay here after a client that waits for them, as those of `/mold` do, has them. An empty `MOLD_OUTPUT_DIR` is `false`, a folder in it `true`.',
  })
  keepAnswered = true;

  @Setting({
    env: 'ATELIER_KEPT_INPUT_MB',
    parse: integer(0),
    doc: "MiB of input images that are kept of each user's ended jobs, so that these can be tried again; beyond it the oldest jobs lose theirs. 0: no bound.",
  })
  keptInputMb = 2048;

  @Setting({
    env: 'ATELIER_KEEP_DAYS',
    parse: integer(0, 36_500),
    doc: 'Days after which the outputs of a job are removed; 0 keeps them.',
  })
  keepDays = 0;

  @Setting({
    env: 'ATELIER_KEEP_MB',
    parse: integer(0),
    doc: 'How many MiB all outputs may take; beyond it the oldest are removed. 0 sets no bound.',
  })
  keepMb = 0;

  @Setting({
    env: 'ATELIER_THUMBNAILS_MB',
    parse: integer(1, 1_048_576),
    doc: 'How many MiB of thumbnails are kept; they are made again when they are asked for.',
  })
  thumbnailsMb = 256;

  @Setting({
    env: 'ATELIER_DOWNLOAD_ALLOW',
    parse: hosts(),
    doc: 'Hosts, addresses and networks (like 10.1.0.0/16), separated by commas, that pictures may be downloaded from though they are not public, on any port.',
    shownDefault: 'none',
  })
  downloadAllow: string[] = [];

  @Setting({
    env: 'ATELIER_DOWNLOAD_PORTS',
    parse: ports(),
    doc: 'TCP ports of other servers that pictures may be downloaded from, separated by commas.',
    shownDefault: '80,443',
  })
  downloadPorts: number[] = [80, 443];

  @Setting({
    env: 'ATELIER_DOWNLOAD_MB',
    parse: integer(1, 1024),
    doc: 'Largest picture that is downloaded from elsewhere, in MiB.',
  })
  downloadMb = 32;

  @Setting({
    env: 'ATELIER_DOWNLOAD_SECONDS',
    parse: integer(1, 300),
    doc: 'Seconds that a download from elsewhere may take in all.',
  })
  downloadSeconds = 20;

  @Setting({
    env: 'ATELIER_DOWNLOADS_PER_MINUTE',
    parse: integer(1, 100_000),
    doc: 'How many pictures one address may have downloaded from elsewhere each minute.',
  })
  downloadsPerMinute = 30;
}
