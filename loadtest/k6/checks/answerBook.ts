/** A request that waits. */
export interface Waiting<T> {
  readonly op: string;
  /** Milliseconds. */
  readonly sentAt: number;
  readonly done: (answer: T) => void;
}

/** Operations that reach the engine: their answers, unless refused before, come in the order of the requests. */
const IN_ORDER = new Set([
  'place',
  'amend',
  'cancel',
  'cancelAll',
  'batch',
  'replace',
  'quotes',
  'cancelQuotes',
  'quoteGroup',
]);

/** Each request has exactly one answer. */
export class AnswerBook<T extends { id: number | null; ok: boolean }> {
  readonly #waiting = new Map<number, Waiting<T>>();
  #nextId = 1;
  #lastInOrder = 0;

  /** Requests without an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The id of a request that is about to be sent. */
  add(waiting: Waiting<T>): number {
    const id = this.#nextId++;
    this.#waiting.set(id, waiting);
    return id;
  }

  /** The request that this answers: undefined where none waits for it, or no longer. */
  answered({ id }: T): Waiting<T> | undefined {
    if (id === null) return undefined;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** False where an answer of the engine has overtaken another. To be asked once of each answer. */
  isInOrder(answer: T, op: string): boolean {
    if (answer.id === null || !answer.ok || !IN_ORDER.has(op)) return true;
    const isLater = answer.id > this.#lastInOrder;
    this.#lastInOrder = answer.id;
    return isLater;
  }

  /** Gives up all that wait: their connection is gone. */
  abandon(): Waiting<T>[] {
    const abandoned = [...this.#waiting.values()];
    this.#waiting.clear();
    return abandoned;
  }
}
