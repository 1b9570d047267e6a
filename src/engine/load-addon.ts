import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Addon from '../../native/index.js';
import { messageOf, PACKAGE_ROOT } from '../common/index.js';
import { EngineError } from './engine.errors.js';

export type AddonModule = typeof Addon;

/** @throws EngineError unavailable when the addon is missing or does not fit this machine. */
export function loadAddon(): AddonModule {
  try {
    return createRequire(import.meta.url)(join(PACKAGE_ROOT, 'native', 'index.js')) as AddonModule;
  } catch (error) {
    throw new EngineError(
      'unavailable',
      `The image engine's addon cannot be loaded: ${messageOf(error)} Run "npm run setup" to build it.`,
      error,
    );
  }
}
