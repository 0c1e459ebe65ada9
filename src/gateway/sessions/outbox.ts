/** What has something to write at the end of this turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Everything that one turn of the event loop produces for a connection is written at its end, in one go: a microtask runs when
 * the engine’s answers of the turn have all been handed out.
 */
export class Outbox {
  private waiting: Flushable[] = [];
  private scheduled = false;

  /** Call once for each sender until its `flush`. */
  add(sender: Flushable): void {
    this.waiting.push(sender);
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(this.flush);
  }

  private readonly flush = (): void => {
    // A flush may add a snapshot for a reader that has caught up: it leaves in the same turn, or the next round would wait.
    while (this.waiting.length > 0) {
      const senders = this.waiting;
      this.waiting = [];
      for (const sender of senders) sender.flush();
    }
    this.scheduled = false;
  };
}
