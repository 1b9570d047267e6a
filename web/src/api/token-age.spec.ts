import { describe, expect, it } from 'vitest';
import { refreshIn } from './token-age.js';

const token = (claims: object): string =>
  `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

describe('refreshIn', () => {
  it('waits until half of the time has passed', () => {
    expect(refreshIn(token({ iat: 1000, exp: 3000 }), 1_500_000)).toBe(500_000);
  });

  it('is due at once afterwards', () => {
    expect(refreshIn(token({ iat: 1000, exp: 3000 }), 2_900_000)).toBe(0);
  });

  it.each(['', 'not a token', token({}), 'a.%%%.c'])('leaves %j alone', (text) => {
    expect(refreshIn(text, 0)).toBeUndefined();
  });
});
