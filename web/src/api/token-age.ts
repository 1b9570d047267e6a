interface Claims {
  iat?: number;
  exp?: number;
}

function claimsOf(token: string): Claims {
  try {
    const [, body = ''] = token.split('.');
    return JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/'))) as Claims;
  } catch {
    return {};
  }
}

/**
 * Milliseconds until a token should be exchanged: when half of its time has passed. 0 where that is
 * now, undefined where it does not say how long it lasts.
 */
export function refreshIn(token: string, now: number): number | undefined {
  const { iat, exp } = claimsOf(token);
  if (iat === undefined || exp === undefined) return undefined;
  return Math.max(0, ((iat + exp) / 2) * 1000 - now);
}
