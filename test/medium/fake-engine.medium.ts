import { FakeEngine } from '../../src/engine/index.js';
import { engineContract } from '../support/engine-contract.js';
import { OTHER_TINY_EMOJI, tinyEmoji, tinyUpscaler } from '../support/tiny-emoji.js';

engineContract(async () => ({
  engine: FakeEngine.slow(1),
  model: tinyEmoji(),
  other: OTHER_TINY_EMOJI,
  upscaler: tinyUpscaler(),
}));
