import { describe, expect, it } from 'vitest';
import { problemOfNew } from './new-password.js';

describe('problemOfNew', () => {
  it.each([
    ['seven77', 'old', 'at least 8'],
    ['🍎🍎🍎🍎🍎🍎🍎', 'old', 'at least 8'],
    ['the same one', 'the same one', 'choose another'],
  ])('refuses %j', (password, old, why) => {
    expect(problemOfNew(password, old)).toContain(why);
  });

  it('takes eight characters that are new', () => {
    expect(problemOfNew('eight888', 'old')).toBeUndefined();
  });
});
