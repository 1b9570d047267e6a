// The addon called in a bare loop, in a process of its own: the measure of what the server adds.
import { join } from 'node:path';
import { ImageContext } from '../../native/index.js';

const folder = join(import.meta.dirname, '../../models/tiny-emoji');
const context = await ImageContext.load({
  diffusionModelPath: join(folder, 'tiny-emoji.dit.gguf'),
  llmPath: join(folder, 'tiny-emoji.llm.gguf'),
  taesdPath: join(folder, 'tiny-emoji.tae.safetensors'),
});

/** @param {import('./server.mjs').Body} body */
async function draw({ prompt, seed, steps }) {
  const begun = performance.now();
  await context.generateImage({
    prompt,
    seed,
    width: 128,
    height: 128,
    sampleParams: {
      sampleSteps: steps,
      sampleMethod: 'euler',
      scheduler: 'discrete',
      guidance: { txtCfg: 3 },
    },
  });
  return performance.now() - begun;
}

/** @param {import('./server.mjs').Body[]} bodies */
async function drawAll(bodies) {
  /** @type {number[]} */
  const times = [];
  for (const body of bodies) times.push(await draw(body));
  process.send?.(times);
}

process.on('message', (message) => {
  void drawAll(/** @type {import('./server.mjs').Body[]} */ (message));
});
process.send?.('ready');
