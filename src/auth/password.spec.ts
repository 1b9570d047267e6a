import { describe, expect, it } from 'vitest';
import { hashPassword, randomPassword, verifyPassword } from './password.js';

describe('hashPassword', () => {
  it('is argon2id at the recommended cost, with a salt of its own each time', async () => {
    const [first, second] = await Promise.all([hashPassword('pear'), hashPassword('pear')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(second).not.toBe(first);
  });
});

describe('verifyPassword', () => {
  it('knows the right password from every other', async () => {
    const hash = await hashPassword('Pear');
    expect(await verifyPassword(hash, 'Pear')).toBe(true);
    expect(await verifyPassword(hash, 'pear')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  it('refuses everything for nobody, after as much work as for a user', async () => {
    const hash = await hashPassword('pear');
    const time = async (of: string | undefined): Promise<number> => {
      const start = process.cpuUsage();
      for (let round = 0; round < 5; round += 1)
        expect(await verifyPassword(of, 'plum')).toBe(false);
      return process.cpuUsage(start).user;
    };
    const [user, nobody] = [await time(hash), await time(undefined)];
    expect(nobody / user).toBeGreaterThan(0.3);
    expect(nobody / user).toBeLessThan(3);
  });
});

describe('randomPassword', () => {
  it('has 20 letters and digits that cannot be mistaken', () => {
    const passwords = Array.from({ length: 200 }, randomPassword);
    for (const password of passwords) expect(password).toMatch(/^[a-hj-km-np-zA-HJ-NP-Z2-9]{20}$/);
    expect(new Set(passwords).size).toBe(200);
  });
});
