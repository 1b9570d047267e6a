import { describe, expect, it } from 'vitest';
import { PasswordHasher, WAITING_HASHES, HASHES_AT_ONCE } from './password-hasher.js';

const hasher = new PasswordHasher();

describe('PasswordHasher.hash', () => {
  it('is argon2id at the recommended cost, with a salt of its own each time', async () => {
    const [first, second] = await Promise.all([hasher.hash('pear'), hasher.hash('pear')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(second).not.toBe(first);
  });
});

describe('PasswordHasher.verify', () => {
  it('knows the right password from every other', async () => {
    const hash = await hasher.hash('Pear');
    expect(await hasher.verify(hash, 'Pear', false)).toBe(true);
    expect(await hasher.verify(hash, 'pear', false)).toBe(false);
    expect(await hasher.verify(hash, '', false)).toBe(false);
  });

  it('refuses everything for nobody, after as much work as for a user', async () => {
    const hash = await hasher.hash('pear');
    const time = async (of: string | undefined): Promise<number> => {
      const start = process.cpuUsage();
      for (let round = 0; round < 5; round += 1)
        expect(await hasher.verify(of, 'plum', false)).toBe(false);
      return process.cpuUsage(start).user;
    };
    const [user, nobody] = [await time(hash), await time(undefined)];
    expect(nobody / user).toBeGreaterThan(0.3);
    expect(nobody / user).toBeLessThan(3);
  });

  it('refuses what cannot be checked soon, and checks for known users first', async () => {
    const own = new PasswordHasher();
    const done: string[] = [];
    const note = (name: string) => (): void => void done.push(name);
    const strangers = Array.from({ length: HASHES_AT_ONCE + WAITING_HASHES }, () =>
      own.verify(undefined, 'guess', false).then(note('stranger')),
    );
    await expect(own.verify(undefined, 'guess', false)).rejects.toMatchObject({
      code: 'LOGIN_UNAVAILABLE',
      status: 503,
      headers: { 'Retry-After': '2' },
    });
    await own.verify(undefined, 'guess', true).then(note('known'));
    await Promise.all(strangers);
    expect(done.indexOf('known')).toBeLessThan(2 * HASHES_AT_ONCE);
  });
});
