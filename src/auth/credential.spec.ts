import { describe, expect, it } from 'vitest';
import { createApiKey } from './api-key.js';
import { credentialOf } from './credential.js';

const { key } = createApiKey();

describe('credentialOf', () => {
  it.each([
    [{}, undefined],
    [{ authorization: '', 'x-api-key': '', 'x-unix-user': '' }, undefined],
    [{ authorization: 'Bearer a.b.c' }, { kind: 'token', token: 'a.b.c' }],
    [{ authorization: `Bearer ${key}` }, { kind: 'key', key }],
    [{ authorization: 'Basic YTpi' }, { kind: 'unreadable' }],
    [
      { authorization: 'Basic YTpi', 'x-api-key': key },
      { kind: 'key', key },
    ],
    [{ 'x-api-key': 'anything' }, { kind: 'key', key: 'anything' }],
    [{ 'x-unix-user': 'ann' }, { kind: 'unix', username: 'ann' }],
    [{ 'x-unix-user': ['ann', 'bob'] }, { kind: 'unix', username: 'ann, bob' }],
    [
      { authorization: 'Bearer a', 'x-api-key': key },
      { kind: 'token', token: 'a' },
    ],
    [
      { 'x-api-key': key, 'x-unix-user': 'root' },
      { kind: 'key', key },
    ],
  ])('reads %j as %j', (headers, expected) => {
    expect(credentialOf(headers)).toEqual(expected);
  });
});
