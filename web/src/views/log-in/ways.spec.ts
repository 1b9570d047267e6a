import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/errors.js';
import { aboutSocket, doorsOf, whosePassword, whyNot, type Methods } from './ways.js';

describe('the ways to come in', () => {
  it.each<[Methods, string[]]>([
    [
      ['jwt', 'api-key'],
      ['password', 'key'],
    ],
    [
      ['none', 'api-key', 'pam'],
      ['password', 'key', 'open'],
    ],
    [['unix'], []],
  ])('of %j are %j', (methods, doors) => {
    expect(doorsOf(methods)).toEqual(doors);
  });

  it('say whose passwords are taken', () => {
    expect(whosePassword(['jwt'])).toBeUndefined();
    expect(whosePassword(['pam'])).toMatch(/^An account of this machine/);
    expect(whosePassword(['jwt', 'pam'])).toMatch(/or an account of this machine/);
  });

  it('say that a browser cannot use a socket', () => {
    expect(aboutSocket(['jwt'])).toBeUndefined();
    expect(aboutSocket(['jwt', 'unix'])).toContain('a browser cannot');
    expect(aboutSocket(['unix'])).toContain('ATELIER_AUTH_METHODS');
  });
});

describe('whyNot', () => {
  it.each([
    ['INVALID_CREDENTIALS', 401, 'wrong password'],
    ['LOGIN_UNAVAILABLE', 503, 'cannot check passwords'],
    ['INSUFFICIENT_PERMISSIONS', 403, 'account:read'],
    ['AUTH_REQUIRED', 401, 'as the server says it'],
  ])('explains %s', (code, status, words) => {
    expect(whyNot(new ApiError('as the server says it', code, status), 'key')).toContain(words);
  });

  it('does not speak of a key where there is none', () => {
    const refused = new ApiError('No.', 'INSUFFICIENT_PERMISSIONS', 403);
    expect(whyNot(refused, 'open')).toMatch(/^A guest/);
  });
});
