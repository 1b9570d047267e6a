import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { call, type Call } from '../support/client.js';
import { describedRoutes, type DescribedRoute } from '../support/api-fields.js';
import { LoopProbe, PROBED } from '../support/loop-probe.js';
import { sharedServer } from '../support/server.js';

/** What stops patterns that backtrack, readers that recurse, and loops over parts. */
const PARTS = [' ', '1', '{', '"', ',', '[', '\\', '\n', '<lora:', '$$', '\u{1F34E}'];

const KIB = 1024;
/** Characters in fields of a body, and in an address, whose length the server bounds itself. */
const LONG = 64 * KIB;
const SHORT = 4 * KIB;
/** Characters of a whole body. */
const WHOLE = 128 * KIB;

/** Fields that people write freely. */
const FREE = /^(?:prompt|negative_prompt|text|message|search|query|name)$/;

/** Milliseconds of processor time that one request may keep everybody else waiting. */
const BLOCK_MS = 100;

/** What would end the test's own session or the server. */
const LEFT_OUT = /\/(?:logout|restart|refresh|sign-out)$|\/sessions|\/password$/;

function textOf(part: string, length: number): string {
  return part.repeat(Math.ceil(length / part.length)).slice(0, length);
}

function addressOf({ path, pathFields, queryFields }: DescribedRoute, text: string): string {
  const value = encodeURIComponent(text.toWellFormed());
  const filled = pathFields.reduce(
    (filling, name) => filling.replace(`{${name}}`, value.slice(0, 900)),
    path,
  );
  const query = queryFields
    .map((name) => `${encodeURIComponent(name)}=${value.slice(0, 2000)}`)
    .slice(0, 6);
  return query.length > 0 ? `${filled}?${query.join('&')}` : filled;
}

/** All fields at once, together no longer than any route takes; then those that people write freely, each whole. */
function bodiesOf({ bodyFields, hasJson }: DescribedRoute, part: string): object[] {
  if (!hasJson) return [];
  const length = Math.min(LONG, Math.floor(WHOLE / Math.max(1, bodyFields.length)));
  const free = bodyFields.filter((name) => FREE.test(name));
  return [
    Object.fromEntries(bodyFields.map((name) => [name, textOf(part, length)])),
    ...(free.length > 0
      ? [Object.fromEntries(free.map((name) => [name, textOf(part, LONG)]))]
      : []),
  ];
}

function formOf(fields: readonly string[], text: string): { body: string; type: string } {
  const boundary = 'attack-boundary';
  const parts = fields.map(
    (name) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
  );
  return {
    body: `${parts.join('')}--${boundary}--\r\n`,
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

/** The status of an answer; a connection that is closed in the middle of a body that is too long is a 413. */
async function statusOf(url: string, request: Call): Promise<number> {
  try {
    return (await call(url, request)).status;
  } catch (error) {
    if (['EPIPE', 'ECONNRESET'].includes((error as { code?: string }).code ?? '')) return 413;
    throw error;
  }
}

describe('64 KB of one sign', () => {
  const server = sharedServer({ env: PROBED });

  it('in every field of every route keeps nobody waiting, and is no fault of the server', async () => {
    const { token } = server().admin;
    const probe = await LoopProbe.of(server());
    const authorization = `Bearer ${token}`;
    const routes = describedRoutes().filter(({ path }) => !LEFT_OUT.test(path));
    expect(routes.length).toBeGreaterThan(200);
    const blocks: string[] = [];
    const faults: string[] = [];

    const sent = async (request: Call, what: string): Promise<void> => {
      await probe.take();
      const status = await statusOf(server().url, request);
      if (status >= 500 && status !== 503) faults.push(`${what}: ${status}`);
    };
    const judge = async (request: Call, what: string): Promise<void> => {
      await sent(request, what);
      let longest = await probe.take();
      // The collector of garbage may come along once; what a request causes comes each time.
      for (let again = 0; longest > BLOCK_MS && again < 2; again += 1) {
        await sent(request, what);
        longest = Math.min(longest, await probe.take());
      }
      if (longest > BLOCK_MS) blocks.push(`${what}: ${Math.round(longest)} ms`);
    };

    for (const route of routes) {
      const hasText =
        route.pathFields.length +
          route.queryFields.length +
          route.bodyFields.length +
          route.formFields.length >
        0;
      if (!hasText) continue;
      for (const part of PARTS) {
        const what = `${route.method} ${route.path} with ${JSON.stringify(part)}`;
        const path = addressOf(route, textOf(part, SHORT));
        const method = route.method as Call['method'];
        const bodies = bodiesOf(route, part);
        for (const body of bodies.length > 0 ? bodies : [undefined])
          await judge(
            { method, path, headers: { authorization }, ...(body ? { body } : {}) },
            what,
          );
        if (route.formFields.length === 0) continue;
        const length = Math.floor(WHOLE / route.formFields.length);
        const form = formOf(route.formFields, textOf(part, length));
        await judge(
          { method, path, headers: { authorization, 'content-type': form.type }, body: form.body },
          `${what} in a form`,
        );
      }
    }
    expect(faults).toEqual([]);
    expect(blocks).toEqual([]);
  });

  it('in known attacks ends at once', async () => {
    const { token } = server().admin;
    const probe = await LoopProbe.of(server());
    const headers = { authorization: `Bearer ${token}` };
    const words = Array.from({ length: 40 }, (_, n) => `w${n}`).join('|');
    const spaces = readFileSync(new URL('png-info-spaces.json', import.meta.url), 'utf8');
    const attacks: Call[] = [
      { path: '/sdcpp/txt2img', headers, body: { prompt: `{40$$${words}}`, expand_prompt: true } },
      { path: '/sdapi/v1/png-info', headers, body: JSON.parse(spaces) as object },
      ...['/sdapi/v1/txt2img', '/sdcpp/txt2img', '/mold/api/generate'].map((path) => ({
        path,
        headers,
        body: { prompt: 'x', model: 'tiny-emoji', width: `${'1'.repeat(40_000)}x` },
      })),
    ];
    await probe.take();
    for (const attack of attacks) {
      const { status } = await call(server().url, { method: 'POST', ...attack });
      expect([attack.path, status < 500]).toEqual([attack.path, true]);
    }
    expect(await probe.take()).toBeLessThan(2 * BLOCK_MS);
  });
});
