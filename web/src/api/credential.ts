/** What this browser shows to the server: the token of a log in, or an API key. */
export interface Credential {
  kind: 'token' | 'key';
  value: string;
}

const PLACE = 'atelier.credential';

/**
 * The credential of all tabs of this browser. Read anew each time: another tab may have logged in or out, or
 * exchanged the token, a moment ago.
 */
export function credential(): Credential | undefined {
  const text = localStorage.getItem(PLACE);
  if (!text) return undefined;
  try {
    const { kind, value } = JSON.parse(text) as Partial<Credential>;
    if ((kind === 'token' || kind === 'key') && typeof value === 'string') return { kind, value };
  } catch {
    // Not ours: as good as nothing.
  }
  return undefined;
}

export function keepCredential(next: Credential | undefined): void {
  if (next) localStorage.setItem(PLACE, JSON.stringify(next));
  else localStorage.removeItem(PLACE);
}

/** Calls back when another tab logged in or out, or has a newer token. */
export function onOtherTab(changed: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === PLACE || key === null) changed();
  });
}

/** The header that shows the credential. */
export function credentialHeaders(): Record<string, string> {
  const shown = credential();
  if (!shown) return {};
  return shown.kind === 'key'
    ? { 'X-API-Key': shown.value }
    : { Authorization: `Bearer ${shown.value}` };
}
