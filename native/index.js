import { createRequire } from 'node:module';

/**
 * Loads the addon that the build leaves beside this file. OpenMP reads its settings once, when the
 * addon is loaded: threads that sleep while they wait cost nothing on an idle machine, and threads that
 * spin make a run many times slower as soon as another process wants a core.
 */
function load() {
  process.env['OMP_WAIT_POLICY'] ??= 'passive';
  try {
    return createRequire(import.meta.url)('./atelier.node');
  } catch (cause) {
    throw new Error('native/atelier.node is missing or does not fit this machine: build it first', {
      cause,
    });
  }
}

const addon = load();
process.once('exit', () => addon.prepareExit());

export const {
  ImageContext,
  Upscaler,
  convertModel,
  engineInfo,
  engineNames,
  pamAuthenticate,
  peerCredentials,
  preprocessCanny,
  setLogHandler,
} = addon;
