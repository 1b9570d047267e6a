import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Jinja from '../../../llama/node_modules/@huggingface/jinja/dist/index.js';
import type * as NodeLlama from '../../../llama/node_modules/node-llama-cpp/dist/index.js';
import { messageOf, PACKAGE_ROOT } from '../../common/index.js';
import { EngineError } from '../engine.errors.js';

export type { Jinja, NodeLlama };

export interface LlamaPackages {
  llama: typeof NodeLlama;
  jinja: typeof Jinja;
}

/**
 * The packages under `llama/`, which the set-up installs apart from the others, so that a server without
 * language models need not have them.
 * @throws EngineError unavailable
 */
export async function loadLlama(): Promise<LlamaPackages> {
  const { resolve } = createRequire(join(PACKAGE_ROOT, 'llama', 'package.json'));
  try {
    const [llama, jinja] = await Promise.all(
      ['node-llama-cpp', '@huggingface/jinja'].map(
        (name) => import(pathToFileURL(resolve(name)).href) as Promise<unknown>,
      ),
    );
    return { llama, jinja } as LlamaPackages;
  } catch (error) {
    throw new EngineError(
      'unavailable',
      `The engine for language models cannot be loaded: ${messageOf(error)} Run "npm run setup" to install it.`,
      error,
    );
  }
}
