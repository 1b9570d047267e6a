import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer } from '../../support/auth.js';
import { call } from '../../support/client.js';
import { jobEnd, submitted } from '../../support/jobs.js';
import { sdcppHouse, type SdcppHouse } from '../../support/sdcpp-house.js';

const SECRET = 'nobody may read this';

const LINKED = '11111111-1111-4111-8111-111111111111';

let house: SdcppHouse;
let job: string;

beforeAll(async () => {
  house = await sdcppHouse();
  job = await submitted(house.server.app, house.tokens.admin);
  await jobEnd(house.server.app, house.tokens.admin, job);
  const { dataDir } = house.server;
  const { outputDir } = house.server.config.storage;
  const outside = join(dataDir, 'outside');
  await mkdir(outside);
  for (const name of ['secret.txt', 'secret.png', 'image_0.png'])
    await writeFile(join(outside, name), SECRET);
  await writeFile(join(outputDir, 'secret.txt'), SECRET);
  await symlink(join(outside, 'secret.png'), join(outputDir, job, 'link.png'));
  await symlink(outside, join(outputDir, job, 'folder'));
  await symlink(outside, join(outputDir, LINKED));
});

afterAll(() => house.close());

/** What is put where a part of a path is expected. */
const INTRUDERS = [
  '..',
  '.',
  '../..',
  '../../etc/passwd',
  '../outside/secret.txt',
  '%2e%2e',
  '%2E%2E%2Foutside%2Fsecret.txt',
  '..%2f..%2f..%2f..%2fetc%2fpasswd',
  '..%2foutside%2fsecret.txt',
  '%252e%252e%252foutside%252fsecret.txt',
  '%25252e%25252e',
  '..%5c..%5coutside%5csecret.txt',
  '....//....//etc/passwd',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  '//etc/passwd',
  'file:%2f%2f%2fetc%2fpasswd',
  '%00',
  'secret.txt%00.png',
  '%c0%ae%c0%ae%c0%afetc',
  'secret.txt',
  '..;',
  '~',
];

interface Target {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
}

/** Every route of the dialect, once for each part of its path that is not fixed, with that part changed. */
function targets(): Target[] {
  const routes = house.server.routes.filter(
    ({ method, path }) => path.startsWith('/sdcpp/') && method !== 'HEAD' && path.includes(':'),
  );
  return routes.flatMap(({ method, path }) => {
    const parts = path.split('/');
    const open = parts.flatMap((part, at) => (part.startsWith(':') ? [at] : []));
    return open.flatMap((changed) =>
      INTRUDERS.map((intruder) => {
        const filled = parts.map((part, at) => {
          if (at === changed) return intruder;
          if (part === ':job_id') return job;
          return part.startsWith(':') ? 'image_0.png' : part;
        });
        return { method: method as Target['method'], path: filled.join('/') };
      }),
    );
  });
}

async function attack(base: string, { method, path }: Target): Promise<string | undefined> {
  const body = method === 'PUT' || method === 'POST' ? {} : undefined;
  const headers = bearer(house.tokens.admin);
  const reply = await call(base, { method: method as 'GET', path, headers, body });
  const text = reply.bytes.toString();
  const read = text.includes(SECRET) || text.includes('root:');
  if ((reply.status === 400 || reply.status === 404) && !read) return undefined;
  return `${method} ${path}: ${reply.status} ${text.slice(0, 100)}`;
}

describe('paths that would leave where they belong', () => {
  it('end with 400 or 404 on every route with a part of the path to fill in', async () => {
    const all = targets();
    expect(new Set(all.map(({ method }) => method)).size).toBeGreaterThan(2);
    const first = `http://127.0.0.1:${(house.server.app.getHttpServer().address() as { port: number }).port}`;
    const seen: string[] = [];
    for (const target of all) {
      seen.push((await attack(first, target)) ?? '');
      const path = target.path.slice('/sdcpp'.length);
      seen.push((await attack(house.base, { ...target, path })) ?? '');
    }
    expect(seen.filter(Boolean)).toEqual([]);
  });

  it.each([
    () => `/output/${job}/link.png`,
    () => `/output/${job}/folder`,
    () => `/output/${job}/folder/secret.png`,
    () => `/output/${LINKED}`,
    () => `/output/${LINKED}/secret.png`,
    () => `/output/${LINKED}/image_0.png`,
    () => `/thumb/${job}/link.png`,
    () => `/thumb/${LINKED}/image_0.png`,
    () => `/output/secret.txt`,
  ])('are not followed by links on the disk', async (path) => {
    expect(await attack(house.base, { method: 'GET', path: path() })).toBeUndefined();
  });

  it('is not what the test makes of them: the file beside them is sent', async () => {
    const headers = bearer(house.tokens.admin);
    const reply = await call(house.base, { path: `/output/${job}/image_0.png`, headers });
    expect(reply.status).toBe(200);
  });
});
