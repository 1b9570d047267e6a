import { describe, expect, it } from 'vitest';
import { platformOf, withPlatformPackages } from './platform-packages.mjs';

describe('platformOf', () => {
  it.each([
    ['@oxlint/binding-linux-arm64-musl', { cpu: ['arm64'], libc: ['musl'], os: ['linux'] }],
    ['@swc/core-linux-arm-gnueabihf', { cpu: ['arm'], libc: ['glibc'], os: ['linux'] }],
    ['@swc/core-win32-x64-msvc', { cpu: ['x64'], os: ['win32'] }],
    ['@oxlint-tsgolint/darwin-arm64', { cpu: ['arm64'], os: ['darwin'] }],
    ['@napi-rs/tar-wasm32-wasi', { cpu: ['wasm32'] }],
    ['@node-llama-cpp/mac-arm64-metal', { cpu: ['arm64'], os: ['darwin'] }],
    ['@node-llama-cpp/win-x64', { cpu: ['x64'], os: ['win32'] }],
    ['bufferutil', undefined],
  ])('reads %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});

describe('withPlatformPackages', () => {
  const present = { version: '1.0.0', dev: true, cpu: ['x64'] };

  it('adds what is missing and leaves what is there', () => {
    const packages = withPlatformPackages({
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        optionalDependencies: { 'tool-linux-x64': '1.0.0', 'tool-darwin-x64': '1.0.0' },
      },
      'node_modules/tool-linux-x64': present,
    });
    expect(packages['node_modules/tool-linux-x64']).toBe(present);
    expect(packages['node_modules/tool-darwin-x64']).toEqual({
      version: '1.0.0',
      dev: true,
      optional: true,
      cpu: ['x64'],
      os: ['darwin'],
    });
  });

  it('leaves out what would be fetched everywhere', () => {
    const packages = withPlatformPackages({
      'node_modules/tool': { optionalDependencies: { bufferutil: '1.0.0', 'a-x64': '^1.0.0' } },
    });
    expect(Object.keys(packages)).toEqual(['node_modules/tool']);
  });
});
