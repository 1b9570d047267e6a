/** What one look at the machine found. */
export interface Finding {
  /** `broken` keeps the server from its work, `wanting` only from a part of it. */
  state: 'good' | 'wanting' | 'broken';
  text: string;
  /** What to do about it. */
  mend?: string;
}

export function good(text: string): Finding {
  return { state: 'good', text };
}

export function wanting(text: string, mend: string): Finding {
  return { state: 'wanting', text, mend };
}

export function broken(text: string, mend: string): Finding {
  return { state: 'broken', text, mend };
}
