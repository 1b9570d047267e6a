/** Counts what is in use under each name, up to a limit. */
export class Slots {
  private readonly used = new Map<string, number>();

  constructor(private readonly limit: number) {}

  isFull(name: string): boolean {
    return (this.used.get(name) ?? 0) >= this.limit;
  }

  /** Takes one, also beyond the limit; the returned function gives it back, once. */
  take(name: string): () => void {
    this.used.set(name, (this.used.get(name) ?? 0) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.used.get(name) ?? 1) - 1;
      if (left > 0) this.used.set(name, left);
      else this.used.delete(name);
    };
  }
}
