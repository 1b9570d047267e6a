import { textEngineContract } from '../support/text-engine-contract.js';
import { FakeTextEngine } from '../../src/engine/index.js';

textEngineContract(async () => ({
  engine: new FakeTextEngine({ answer: () => 'one two three four five six seven eight' }),
  model: {
    key: 'fake',
    name: 'fake',
    path: '/nowhere',
    contextSize: 512,
    sequences: 2,
    gpuLayers: 0,
    embedding: false,
  },
}));
