import { createRequire } from 'node:module';

/** Loads the addon that the build leaves beside this file. */
function load() {
  try {
    return createRequire(import.meta.url)('./atelier.node');
  } catch (cause) {
    throw new Error('native/atelier.node is missing or does not fit this machine: build it first', {
      cause,
    });
  }
}

const addon = load();

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
