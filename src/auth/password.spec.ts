import { describe, expect, it } from 'vitest';
import { randomPassword } from './password.js';

describe('randomPassword', () => {
  it('has 20 letters and digits that cannot be mistaken', () => {
    const passwords = Array.from({ length: 200 }, randomPassword);
    for (const password of passwords) expect(password).toMatch(/^[a-hj-km-np-zA-HJ-NP-Z2-9]{20}$/);
    expect(new Set(passwords).size).toBe(200);
  });
});
