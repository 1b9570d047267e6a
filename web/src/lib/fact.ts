/** One thing that is known, and what it is called. */
export interface Fact {
  name: string;
  value: string;
}

/** Those that are known. */
export function factsOf(pairs: Array<[string, string | null | undefined | false]>): Fact[] {
  return pairs.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}
