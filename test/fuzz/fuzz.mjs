import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { node, root } from '../../scripts/lib/paths.mjs';
import { schemathesis } from './schemathesis.mjs';

/** What every answer must be: no fault of ours, and as the description of the API says. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

async function startServer() {
  const child = spawn(node, [join(root, 'test/fuzz/server.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(line);
  return {
    url: /** @type {string} */ (url),
    async stop() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

/**
 * The description of the API without its credentials, so that the fuzzer makes up none: everybody may do
 * everything here, and a wrong one would be refused before anything else is looked at.
 *
 * @param {string} folder where to write it
 * @param {string} dialect whose it is; empty: the core's
 */
async function openDocument(folder, dialect) {
  const name = dialect === '' ? 'openapi.json' : `openapi/${dialect}.json`;
  const document = JSON.parse(await readFile(join(root, 'docs', name), 'utf8'));
  delete document.components.securitySchemes;
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item)) delete operation.security;
  }
  const path = join(folder, 'openapi.json');
  await writeFile(path, JSON.stringify(document));
  return path;
}

/**
 * Answered requests by status class, as the server counted them.
 *
 * @param {string} url
 */
async function countRequests(url) {
  const reply = await fetch(`${url}/metrics`);
  let total = 0;
  /** @type {string[]} */
  const faults = [];
  for (const line of (await reply.text()).split('\n')) {
    const match = /^atelier_http_request_seconds_count\{.*status="(\d+)"\} (\d+)$/.exec(line);
    if (!match) continue;
    total += Number(match[2]);
    if (match[1]?.startsWith('5')) faults.push(line);
  }
  return { total, faults };
}

/**
 * Sends the requests that the description of the API makes possible, good ones and bad ones, and checks
 * every answer.
 *
 * @param {{ examples: number, phases: string, quiet?: boolean, seed?: string, dialect?: string }} options
 *   `examples` of random requests for each operation; `dialect` instead of the core's own API
 * @returns {Promise<{ passed: boolean, total: number, faults: string[], output: string }>} `total`
 *   counts the answered requests, `faults` names those with a status of 500 and above
 */
export async function fuzz({ examples, phases, quiet = false, seed, dialect = '' }) {
  const server = await startServer();
  const folder = mkdtempSync(join(tmpdir(), 'atelier-fuzz-run-'));
  try {
    const child = spawn(
      schemathesis,
      [
        'run',
        await openDocument(folder, dialect),
        '--url',
        server.url,
        '--checks',
        CHECKS.join(','),
        '--phases',
        phases,
        '--max-examples',
        String(examples),
        '--continue-on-failure',
        // How busy this machine is says nothing about the server.
        '--suppress-health-check',
        'all',
        '--request-timeout',
        '60',
        '--no-color',
        ...(seed ? ['--seed', seed] : []),
        // Scalar's program is three megabytes at each request. Of the settings, another endpoint of the
        // fuzzer's making, and every question would fail with 503.
        '--exclude-path-regex',
        '(scalar[.]js|(text|ollama|assistant)/settings)$',
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (!quiet) process.stdout.write(chunk);
      });
    }
    const [code] = await once(child, 'close');
    return { passed: code === 0, output, ...(await countRequests(server.url)) };
  } finally {
    rmSync(folder, { recursive: true });
    await server.stop();
  }
}
