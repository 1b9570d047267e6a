// Ten thousand models: how long it takes to look at the disk, for the first time and again, and to list a page.
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { median, ms } from './lib/numbers.mjs';
import { startServer } from './lib/server.mjs';

const FILES = 10_000;
const ROUNDS = 5;
const PAGES = 200;
const GIB = 1024 ** 3;

/** @typedef {{ folder: string, header: Buffer, size: number }} Kind */

/**
 * @param {string[]} names
 * @param {number[]} shape
 */
function headerOf(names, shape) {
  const bytes = shape.reduce((product, size) => product * size, 2);
  const entries = names.map((name, index) => [
    name,
    { dtype: 'F16', shape, data_offsets: [index * bytes, (index + 1) * bytes] },
  ]);
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

/** @param {string} prefix */
function unetNames(prefix) {
  return Array.from(
    { length: 680 },
    (_, index) =>
      `${prefix}input_blocks.${index % 12}.1.transformer_blocks.${index}.attn2.to_k.weight`,
  );
}

const loraNames = Array.from({ length: 264 }, (_, index) => {
  const layer = `lora_unet_down_blocks_${index % 4}_attentions_0_transformer_blocks_${index}`;
  return `${layer}_attn2_to_k.${index % 2 === 0 ? 'lora_down' : 'lora_up'}.weight`;
});

/** As many of each kind as a large collection has. @type {Kind[]} */
const kinds = [
  ...Array(16).fill({ folder: 'loras', header: headerOf(loraNames, [8, 768]), size: 0.15 * GIB }),
  {
    folder: 'checkpoints',
    header: headerOf(
      [...unetNames('model.diffusion_model.'), 'first_stage_model.decoder.conv_in.weight'],
      [640, 2048],
    ),
    size: 6.5 * GIB,
  },
  { folder: 'loose', header: headerOf(unetNames(''), [320, 768]), size: 2 * GIB },
  { folder: 'vae', header: headerOf(['decoder.conv_in.weight'], [512, 4, 3, 3]), size: 0.3 * GIB },
  { folder: 'embeddings', header: headerOf(['emb_params'], [4, 768]), size: 30_000 },
];

/** @param {string} root */
async function writeModels(root) {
  for (let index = 0; index < FILES; index += 1) {
    const kind = kinds[index % kinds.length];
    if (!kind) continue;
    const path = join(root, kind.folder, `shelf-${index % 20}`, `model ${index}.safetensors`);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'w');
    await file.write(kind.header);
    await file.truncate(Math.floor(kind.size));
    await file.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'atelier-models-'));
try {
  await writeModels(folder);
  const begun = performance.now();
  const server = await startServer({ ATELIER_MODELS_DIR: folder, ATELIER_MODELS_HASH: 'false' });
  const headers = { authorization: `Bearer ${server.token}` };

  /**
   * @param {string} path
   * @param {string} [method]
   */
  const ask = async (path, method = 'GET') => {
    const start = performance.now();
    const reply = await fetch(`${server.url}/api/models${path}`, { method, headers });
    const text = await reply.text();
    if (!reply.ok) throw new Error(text);
    return { took: performance.now() - start, text };
  };

  await ask('');
  const first = performance.now() - begun - server.startMs;
  const rescans = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { took, text } = await ask('/refresh', 'POST');
    if (!text.includes('"models_updated":0')) throw new Error(`Something changed: ${text}`);
    rescans.push(took);
  }
  const queries = [
    '',
    '?page=100',
    '?sort_by=size&sort_order=desc',
    '?sort_by=date&type=lora&page=3',
    '?search=777',
    '?architecture=sdxl&size_category=large&loaded=false&sort_by=loaded',
  ];
  const pages = new Map(queries.map((query) => [query, /** @type {number[]} */ ([])]));
  for (let round = 0; round < PAGES; round += 1) {
    for (const [query, times] of pages) times.push((await ask(query)).took);
  }
  await server.stop();

  console.log(`models, ${FILES} files`);
  console.log(
    `  first look, all headers read  ${ms(first)}, the server up after ${ms(server.startMs)}`,
  );
  console.log(`  look again  median ${ms(median(rescans))} (wanted: less than 5000 ms)`);
  for (const [query, times] of pages) {
    console.log(
      `  page "${query}"  median ${median(times).toFixed(1)} ms (wanted: less than 20 ms)`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
