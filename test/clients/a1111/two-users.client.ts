import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyModelOtherwise } from '../../support/damage.js';
import { addUserRow } from '../../support/database.js';
import { temporaryFolder } from '../../support/folder.js';
import { PASSWORD, sharedServer } from '../../support/server.js';
import { installWebuiapi, WebuiapiProcess, type WebuiapiProgress } from '../../support/webuiapi.js';

/** Two recipes whose jobs can be told apart by their steps; long enough for the other to do something. */
const ANNAS = { prompt: 'red apple', seed: 7, width: 64, height: 64, steps: 60 };
const BERTAS = { ...ANNAS, steps: 40 };
const ENDLESS = { ...ANNAS, steps: 150 };

const OTHERWISE = 'otherwise';

installWebuiapi();

const folder = await temporaryFolder();
await copyModelOtherwise(folder.path, OTHERWISE);
afterAll(() => folder.remove());

const server = sharedServer({ env: { ATELIER_MODELS_DIR: folder.path } });

let anna: WebuiapiProcess;
let berta: WebuiapiProcess;
/** What each gets while nobody else is there. */
let alone: { annas: string[]; bertas: string[] };

function processOf(username: string): WebuiapiProcess {
  addUserRow(server().dataDir, username, 'user');
  const { port } = new URL(server().url);
  return new WebuiapiProcess({ port, username, password: PASSWORD });
}

beforeAll(async () => {
  anna = processOf('anna');
  berta = processOf('berta');
  const { images: annas } = await anna.draw(ANNAS);
  await berta.model(OTHERWISE);
  const { images: bertas } = await berta.draw(BERTAS);
  alone = { annas, bertas };
});

afterAll(() => Promise.all([anna?.close(), berta?.close()]));

const isDrawn = ({ progress }: WebuiapiProgress): boolean => progress > 0;
const isWaiting = ({ progress, state }: WebuiapiProgress): boolean =>
  state.job !== '' && progress === 0;

/** Id of the one job that a process saw, from its beginning to its end. */
function jobSeenBy({ seen }: WebuiapiProcess, steps: number): string {
  const own = seen.filter(({ state }) => state.job !== '');
  const values = own.map(({ progress }) => progress);
  expect(seen[0]!.progress).toBe(0);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values.at(-1)).toBeGreaterThan(0.8);
  expect(values.at(-1)).toBeLessThanOrEqual(1);
  expect(new Set(own.filter(isDrawn).map(({ state }) => state.sampling_steps))).toEqual(
    new Set([steps]),
  );
  const jobs = new Set(own.map(({ state }) => state.job));
  expect(jobs.size).toBe(1);
  return [...jobs][0]!;
}

describe('two users of webuiapi at once', () => {
  it('see their own progress from 0 to 1, and get what they get alone', async () => {
    const annas = anna.draw(ANNAS);
    await anna.sees(isDrawn);
    await berta.model(OTHERWISE);
    const bertas = berta.draw(BERTAS);
    await berta.sees(isWaiting);
    expect((await annas).images).toEqual(alone.annas);
    expect((await bertas).images).toEqual(alone.bertas);
    expect(jobSeenBy(anna, ANNAS.steps)).not.toBe(jobSeenBy(berta, BERTAS.steps));
  });

  it("leave the other's picture alone when they interrupt theirs, waiting or drawn", async () => {
    const first = anna.draw(ANNAS);
    await anna.sees(isDrawn);
    const bertas = berta.draw(ENDLESS);
    await berta.sees(isWaiting);
    await berta.interrupt();
    expect((await first).images).toEqual(alone.annas);
    await berta.sees(isDrawn);
    const second = anna.draw(ANNAS);
    await anna.sees(isWaiting);
    await berta.interrupt();
    expect((await bertas).images).toEqual([]);
    expect((await second).images).toEqual(alone.annas);
  });

  it("leave the other's model alone when they choose theirs for a picture only", async () => {
    await berta.model('tiny-emoji');
    const bertas = berta.draw({
      ...BERTAS,
      override_settings: { sd_model_checkpoint: OTHERWISE },
    });
    await berta.sees(isDrawn);
    const annas = anna.draw(ANNAS);
    expect((await bertas).images).toEqual(alone.bertas);
    expect((await annas).images).toEqual(alone.annas);
    expect((await berta.draw(BERTAS)).images).not.toEqual(alone.bertas);
  });
});
