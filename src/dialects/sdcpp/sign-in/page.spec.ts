import { describe, expect, it } from 'vitest';
import { localPath, signInPage } from './page.js';

describe('localPath', () => {
  it.each(['/ui/', '/ui/#/queue', '/output?sort=date', '/'])('keeps %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each([
    '',
    'ui/',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '/\n/evil.example',
    '/..//evil.example/',
    '/./\\evil.example',
    'javascript:alert(1)',
  ])('refuses %j', (path) => {
    expect(localPath(path)).toBeUndefined();
  });
});

describe('signInPage', () => {
  it('writes where to go as a text, not as a part of the page', () => {
    const page = signInPage('/ui/"><script>alert(1)</script>', '');
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).toContain('data-to="/ui/%22%3E%3Cscript%3Ealert(1)%3C/script%3E"');
  });

  it('goes to the outputs where nothing else is asked for', () => {
    expect(signInPage('//evil.example', '/sdcpp')).toContain('data-to="/sdcpp/output"');
  });
});
