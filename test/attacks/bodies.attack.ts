import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { residentBytes } from '../../src/common/index.js';
import { APPLE } from '../support/client.js';
import { LoopProbe, PROBED } from '../support/loop-probe.js';
import { sharedServer } from '../support/server.js';

const MIB = 1024 * 1024;

describe('bodies of whoever comes', () => {
  const server = sharedServer({ env: PROBED });

  function open(head: string): Promise<Socket> {
    const { hostname, port } = new URL(server().url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(head);
        resolve(socket);
      });
      socket.on('error', reject);
    });
  }

  function headOf(path: string, bytes: number, more = ''): string {
    return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n${more}\r\n`;
  }

  /** All that is answered until the connection is closed. */
  function answerOn(socket: Socket): Promise<string> {
    let text = '';
    socket.removeAllListeners('error');
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (text += chunk.toString()));
    return new Promise((resolve) => {
      socket.once('close', () => resolve(text));
    });
  }

  /** An honest user's small image, from beginning to end. */
  async function drawApple(): Promise<void> {
    await server().admin.draw(APPLE);
  }

  it('of 31 MiB of brackets freeze nothing and take no memory', async () => {
    const probe = await LoopProbe.of(server());
    await drawApple();
    const before = await residentBytes(server().pid);
    await probe.take();
    const brackets = Buffer.alloc(31 * MIB, '[');
    const sent = Array.from({ length: 8 }, async () => {
      const socket = await open(headOf('/api/generate/text2img', brackets.length));
      const answer = answerOn(socket);
      socket.write(brackets);
      return answer;
    });
    for (const answer of await Promise.all(sent)) expect(answer).toMatch(/^(?:HTTP\/1\.1 401|$)/);
    const known = `authorization: Bearer ${server().admin.token}\r\nconnection: close\r\n`;
    const socket = await open(headOf('/api/generate/text2img', brackets.length, known));
    const answer = answerOn(socket);
    socket.write(brackets);
    expect(await answer).toMatch(/^HTTP\/1\.1 400[^]*nested deeper/);
    expect(await probe.take()).toBeLessThan(300);
    expect((await residentBytes(server().pid))! - before!).toBeLessThan(300 * MIB);
    await drawApple();
  });

  it('of 500,000 unknown options are refused before they are looked at', async () => {
    const probe = await LoopProbe.of(server());
    const options = Object.fromEntries(Array.from({ length: 500_000 }, (_, n) => [`o${n}`, 1]));
    const body = JSON.stringify(options);
    await probe.take();
    const reply = await fetch(`${server().url}/api/validate`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${server().admin.token}`,
      },
      body,
    });
    expect(reply.status).toBe(400);
    expect(await probe.take()).toBeLessThan(300);
  });

  it('that are held take no memory without a credential, and little with one', async () => {
    const before = await residentBytes(server().pid);
    const part = Buffer.alloc(MIB, 'x');
    const strangers = await Promise.all(
      Array.from({ length: 150 }, () => open(headOf('/api/generate/img2img', 31 * MIB))),
    );
    const answers = strangers.map((socket) => {
      const answer = answerOn(socket);
      socket.write(part);
      return answer;
    });
    for (const answer of await Promise.all(answers))
      expect(answer).toMatch(/^(?:HTTP\/1\.1 401|$)/);
    const known = `authorization: Bearer ${server().admin.token}\r\nconnection: close\r\n`;
    const users = await Promise.all(
      Array.from({ length: 30 }, () => open(headOf('/api/generate/img2img', 31 * MIB, known))),
    );
    const refused = Promise.race(users.map(answerOn));
    for (const socket of users) for (let n = 0; n < 10; n += 1) socket.write(part);
    expect(await refused).toMatch(/^(?:HTTP\/1\.1 503[^]*TOO_MUCH_IN_FLIGHT|$)/);
    expect((await residentBytes(server().pid))! - before!).toBeLessThan(500 * MIB);
    await fetch(`${server().url}/api/health`).then(({ status }) => expect(status).toBe(200));
    for (const socket of users) socket.destroy();
    await pause(100);
    await drawApple();
  });

  it('and heads that do not come are given up after seconds', async () => {
    const started = performance.now();
    const head = await open('GET /api/health HTTP/1.1\r\nhost: x\r\nx-slow: ');
    const body = await open(headOf('/api/auth/login', 100));
    const answers = await Promise.all([answerOn(head), answerOn(body)]);
    expect(answers[0]).toMatch(/^HTTP\/1\.1 408/);
    expect(answers[1]).toMatch(/^HTTP\/1\.1 408/);
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});
