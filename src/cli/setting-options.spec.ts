import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { loadConfig, settingFlags } from '../config/index.js';
import { addSettings, flagsOf } from './setting-options.js';

function flags(...args: string[]): ReturnType<typeof flagsOf> {
  return flagsOf(addSettings(new Command()).parse(args, { from: 'user' }));
}

describe('the options of the command line', () => {
  it('have only what was said', () => {
    expect(flags()).toEqual({});
    expect(flags('--port', '9000', '--previews')).toEqual({ port: '9000', previews: 'true' });
  });

  it('switch off what is on', () => {
    expect(flags('--no-previews')).toEqual({ previews: 'false' });
    expect(loadConfig({}, flags('--no-previews')).generate.previews).toBe(false);
  });

  it('offer every setting once', () => {
    const names = settingFlags().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('jwt-secret-file');
    expect(names).not.toContain('jwt-secret');
  });
});
