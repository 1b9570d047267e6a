import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';

/** Why the machine's accounts cannot be tried here; undefined where they can. */
export function noMachineUsers(): string | undefined {
  if (process.platform !== 'linux') return 'accounts of the machine are tried on Linux only';
  if (process.getuid?.() !== 0) return 'only root can make accounts of the machine to try';
  return undefined;
}

function run(command: string, args: string[], input = ''): void {
  const { status, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** An account of this machine, made for a test. */
export interface MachineUser {
  name: string;
  password: string;
  uid: number;
  gid: number;
}

function idOf(name: string, flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
}

function addMachineUser(): MachineUser {
  const name = `atelier-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('base64url');
  run('useradd', ['--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  run('chpasswd', [], `${name}:${password}\n`);
  return { name, password, uid: idOf(name, '-u'), gid: idOf(name, '-g') };
}

/** Two accounts of this machine for all tests of a file. */
export function machineUsers(): () => [MachineUser, MachineUser] {
  const users: MachineUser[] = [];
  beforeAll(() => {
    users.push(addMachineUser(), addMachineUser());
  });
  afterAll(() => {
    for (const { name } of users) run('userdel', [name]);
  });
  return () => {
    const [first, second] = users;
    if (!first || !second) throw new Error('The accounts are made with the first test.');
    return [first, second];
  };
}

/** A PAM service of a name of its own, which asks for the machine's passwords; gone after the tests of a file. */
export function pamService(): string {
  const name = `atelier-test-${randomBytes(4).toString('hex')}`;
  const path = `/etc/pam.d/${name}`;
  beforeAll(() => writeFileSync(path, 'auth required pam_unix.so\naccount required pam_unix.so\n'));
  afterAll(() => rmSync(path));
  return name;
}

/** What curl, run as an account of the machine, was answered. */
export interface CurlReply {
  status: number;
  body: unknown;
}

/** Runs curl as an account of the machine. */
export async function curlAs({ uid, gid }: MachineUser, args: string[]): Promise<CurlReply> {
  const child = spawn('curl', ['--silent', '--write-out', '\n%{http_code}', ...args], { uid, gid });
  let text = '';
  let fault = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (fault += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`curl ended with ${code}: ${fault}`);
  const lines = text.split('\n');
  return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) };
}
