/** Events that come when they come, for somebody who takes them one by one. */
export class EventQueue<Event> implements AsyncIterable<Event> {
  private readonly events: Event[] = [];
  private ended = false;
  private failure: { error: unknown } | undefined;
  private changed = Promise.withResolvers<void>();

  push(event: Event): void {
    this.events.push(event);
    this.changed.resolve();
  }

  end(): void {
    this.ended = true;
    this.changed.resolve();
  }

  /** What came before is still handed out. */
  fail(error: unknown): void {
    this.failure = { error };
    this.changed.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    for (;;) {
      const event = this.events.shift();
      if (event !== undefined) yield event;
      else if (this.failure) throw this.failure.error;
      else if (this.ended) return;
      else {
        await this.changed.promise;
        this.changed = Promise.withResolvers<void>();
      }
    }
  }
}
