import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClientGoneError, hangUpOf } from './hang-up.js';

let server: Server;

afterEach(() => {
  server.close();
});

async function ask(): Promise<{ client: ReturnType<typeof request>; response: ServerResponse }> {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1' }).on('error', () => undefined);
  const arrived = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  client.end();
  const [, response] = await arrived;
  return { client, response };
}

describe('the signal of a client that hangs up', () => {
  it('is aborted when the client goes before its answer', async () => {
    const { client, response } = await ask();
    const signal = hangUpOf(response);
    const aborted = once(signal, 'abort');
    client.destroy();
    await aborted;
    expect(signal.reason).toBeInstanceOf(ClientGoneError);
  });

  it('is aborted at once when the client has gone already', async () => {
    const { client, response } = await ask();
    const closed = once(response, 'close');
    client.destroy();
    await closed;
    expect(hangUpOf(response).aborted).toBe(true);
  });

  it('is never aborted when the client has its answer', async () => {
    const { client, response } = await ask();
    const signal = hangUpOf(response);
    const closed = once(response, 'close');
    client.on('response', (answer) => answer.resume());
    response.end('all of it');
    await closed;
    expect(signal.aborted).toBe(false);
  });
});
