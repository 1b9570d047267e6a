// The whole built server over an engine without weights, for the fuzzer: prints its address as
// one line of JSON, and runs until its input ends. Whoever comes is an administrator.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/lib/paths.mjs';

/** Pictures with more numbers in them fail: the fuzzer asks for gigabytes of them. */
const LARGEST = 3 * 512 * 512;

/** @param {string} path below `dist/src` */
const load = (path) => import(pathToFileURL(join(root, 'dist/src', path)).href);

const { createApp } = await load('create-app.js');
const { loadConfig } = await load('config/index.js');
const { EngineError, FakeEngine } = await load('engine/index.js');

function smallEngine() {
  const engine = FakeEngine.instant();
  const draw = engine.generate.bind(engine);
  engine.generate = (
    /** @type {string} */ key,
    /** @type {{ width: number, height: number, batchCount: number }} */ request,
    /** @type {unknown[]} */ ...rest
  ) => {
    const { width, height, batchCount } = request;
    if (width * height * batchCount * 3 > LARGEST)
      return Promise.reject(EngineError.failed('This is too large for the fuzzer.'));
    return draw(key, request, ...rest);
  };
  return engine;
}

/** A language model that has one thing to say: without any, much is refused with 503. */
const llm = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  const message = { role: 'assistant', content: 'a cat' };
  const said = { choices: [{ index: 0, message, finish_reason: 'stop' }] };
  const models = { object: 'list', data: [{ id: 'fuzzed', object: 'model' }] };
  response.end(JSON.stringify(request.method === 'POST' ? said : models));
}).listen(0, '127.0.0.1');
await once(llm, 'listening');
const { port: llmPort } = /** @type {import('node:net').AddressInfo} */ (llm.address());

/** Hubs that have nothing: without any, much is refused with 502. */
const hub = createServer((_, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
}).listen(0, '127.0.0.1');
await once(hub, 'listening');
const { port: hubPort } = /** @type {import('node:net').AddressInfo} */ (hub.address());

const folder = mkdtempSync(join(tmpdir(), 'atelier-fuzz-'));
const config = loadConfig({
  ATELIER_DATA_DIR: folder,
  ATELIER_ADMIN_PASSWORD: 'a password for the fuzzer',
  // Everybody may do everything: a credential is soon revoked by the fuzzer itself.
  ATELIER_AUTH_METHODS: 'none,jwt,api-key',
  ATELIER_ANONYMOUS_ROLE: 'admin',
  // A full queue answers 503, as it should, which the fuzzer takes for a fault.
  ATELIER_QUEUE_LIMIT: '100000',
  ATELIER_JOBS_PER_USER: '100000',
  ATELIER_TEXT_ENDPOINT: `http://127.0.0.1:${llmPort}/v1`,
  ATELIER_TEXT_PER_USER: '1000',
  ATELIER_CIVITAI_URL: `http://127.0.0.1:${hubPort}`,
  ATELIER_HUGGINGFACE_URL: `http://127.0.0.1:${hubPort}`,
});
const app = await createApp(config, { engine: smallEngine(), logger: false });
await app.listen(0, '127.0.0.1');
const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;

process.stdout.write(`${JSON.stringify({ url })}\n`);

await once(process.stdin.resume(), 'end');
await app.close();
for (const server of [llm, hub]) {
  server.closeAllConnections();
  server.close();
}
rmSync(folder, { recursive: true });
process.exit();
