import { describe, expect, it } from 'vitest';
import { listeners } from './listeners.js';

const parse = listeners();

describe('the listeners of the configuration', () => {
  it('are written short', () => {
    expect(parse('mold:7680, sdcpp:0')).toEqual([
      { dialect: 'mold', port: 7680, static: [] },
      { dialect: 'sdcpp', port: 0, static: [] },
    ]);
  });

  it('are written whole', () => {
    const files = { path: '/ui', dir: '/srv/ui', fallback: 'index.html' };
    const text = JSON.stringify([
      { dialect: 'sdcpp', port: 8081, host: '127.0.0.1', static: [{ ...files, path: '/ui/' }] },
    ]);
    expect(parse(text)).toEqual([
      { dialect: 'sdcpp', port: 8081, host: '127.0.0.1', static: [files] },
    ]);
  });

  it.each([
    ['no port', 'mold'],
    ['a port that is none', 'mold:99999'],
    ['broken JSON', '[{'],
    ['a field that is none', '[{"dialect":"mold","port":1,"colour":"red"}]'],
    ['no dialect', '[{"port":1}]'],
    [
      'static files at the root',
      '[{"dialect":"mold","port":1,"static":[{"path":"/","dir":"/x"}]}]',
    ],
    [
      'a path that leads upward',
      '[{"dialect":"mold","port":1,"static":[{"path":"/..","dir":"/x"}]}]',
    ],
    ['static files that are no list', '[{"dialect":"mold","port":1,"static":"/x"}]'],
  ])('are refused with %s', (_, text) => {
    expect(() => parse(text)).toThrow(/a list such as "mold:7680/);
  });
});
