import { randomUUID } from 'node:crypto';
import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import sharp from 'sharp';

/** How many of them differ: the others are the same files under other names. */
const MOTIFS = 48;
const SIZES = [
  [512, 512],
  [512, 768],
  [768, 512],
  [640, 640],
];
const THINGS = ['apple', 'castle', 'river', 'lantern', 'fox', 'harbour', 'garden', 'mountain'];
const MOODS = ['red', 'misty', 'golden', 'quiet', 'stormy', 'blue'];
const MINUTE_MS = 60 * 1000;

/** @param {number} index */
export function promptOf(index) {
  const thing = THINGS[index % THINGS.length];
  const mood = MOODS[Math.floor(index / THINGS.length) % MOODS.length];
  return `${mood} ${thing} at dawn, oil painting, number ${index}`;
}

/** @param {number} index */
function sizeOf(index) {
  const [width = 512, height = 512] = SIZES[index % SIZES.length] ?? [];
  return { width, height };
}

/**
 * A landscape of its own colours.
 * @param {number} index
 */
async function drawMotif(index) {
  const { width, height } = sizeOf(index);
  const hue = (index * 47) % 360;
  const ground = height * (0.55 + (index % 5) * 0.05);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="hsl(${hue},60%,38%)"/><stop offset="1" stop-color="hsl(${(hue + 50) % 360},75%,72%)"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#s)"/>
    <circle cx="${width * (0.2 + (index % 7) * 0.1)}" cy="${height * 0.3}" r="${width * 0.09}" fill="hsl(${(hue + 60) % 360},90%,85%)"/>
    <path d="M0 ${ground} Q ${width * 0.3} ${ground - 140} ${width * 0.55} ${ground} T ${width} ${ground - 60} V ${height} H 0 Z" fill="hsl(${(hue + 200) % 360},35%,28%)"/>
    <path d="M0 ${ground + 70} Q ${width * 0.5} ${ground - 30} ${width} ${ground + 90} V ${height} H 0 Z" fill="hsl(${(hue + 220) % 360},40%,18%)"/>
  </svg>`;
  return sharp(Buffer.from(svg)).png({ compressionLevel: 6 }).toBuffer();
}

/**
 * Puts finished pictures into the database and the output folder of a server that runs: jobs of one picture,
 * a minute apart, the last one now.
 *
 * @param {string} dataDir
 * @param {number} count
 * @param {string} [username]
 */
export async function fillWithPictures(dataDir, count, username = 'admin') {
  const outputs = join(dataDir, 'outputs');
  await mkdir(outputs, { recursive: true });
  const pool = await mkdtemp(join(dataDir, 'motifs-'));
  const motifs = await Promise.all(
    Array.from({ length: Math.min(MOTIFS, count) }, async (_, index) => {
      const path = join(pool, `${index}.png`);
      const picture = await drawMotif(index);
      await writeFile(path, picture);
      return { path, bytes: picture.length };
    }),
  );
  const database = new Database(join(dataDir, 'atelier.db'));
  const { id: owner } = /** @type {{ id: string }} */ (
    database.prepare('SELECT "id" FROM "users" WHERE "usernameKey" = ?').get(username)
  );
  const insert = database.prepare(
    `INSERT INTO "jobs" ("id", "kind", "ownerId", "state", "title", "request", "result", "attempts",
       "createdAt", "startedAt", "finishedAt", "model", "cost", "startTag", "outputBytes")
     VALUES (?, 'text2img', ?, 'completed', ?, ?, ?, 1, ?, ?, ?, ?, 5, 0, ?)`,
  );
  const ids = Array.from({ length: count }, () => randomUUID());
  const begun = Date.now() - count * MINUTE_MS;
  database.transaction(() => {
    for (const [index, id] of ids.entries()) {
      const bytes = motifs[index % motifs.length]?.bytes ?? 0;
      const model = `model ${index % 3}`;
      const size = sizeOf(index % motifs.length);
      const options = { prompt: promptOf(index), ...size, seed: index, steps: 20, cfg_scale: 7 };
      const request = { kind: 'text2img', model: { id: model, name: model }, options };
      const output = { filename: 'image_0.png', content_type: 'image/png', size: bytes, ...size };
      const result = { outputs: [{ ...output, seed: index }], total_steps: 20 };
      const at = begun + index * MINUTE_MS;
      const [asked, made] = [JSON.stringify(request), JSON.stringify(result)];
      insert.run(id, owner, options.prompt, asked, made, at, at, at + 5000, model, bytes);
    }
  })();
  database.close();
  for (const [index, id] of ids.entries()) {
    await mkdir(join(outputs, id));
    await link(motifs[index % motifs.length]?.path ?? '', join(outputs, id, 'image_0.png'));
  }
  await rm(pool, { recursive: true });
}
