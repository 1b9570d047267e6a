/** What this browser shows to the server: the token of a log in, or an API key. */
export interface Credential {
  kind: 'token' | 'key';
  value: string;
}

const PLACE = 'atelier.credential';

let known: Credential | undefined = read();

function read(): Credential | undefined {
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

/** The credential of all tabs of this browser. */
export function credential(): Credential | undefined {
  return known;
}

export function keepCredential(next: Credential | undefined): void {
  known = next;
  if (next) localStorage.setItem(PLACE, JSON.stringify(next));
  else localStorage.removeItem(PLACE);
}

/** Calls back when another tab logged in or out, or has a newer token. */
export function onOtherTab(changed: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    if (key !== PLACE && key !== null) return;
    known = read();
    changed();
  });
}

/** The header that shows the credential. */
export function credentialHeaders(): Record<string, string> {
  if (!known) return {};
  return known.kind === 'key'
    ? { 'X-API-Key': known.value }
    : { Authorization: `Bearer ${known.value}` };
}
