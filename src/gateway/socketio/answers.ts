import { idOf } from '../sessions/receive.ts';
import { type Acknowledge, Json } from './packets.ts';

/** A request that has no answer yet. */
type Asked = { id: number | null; op: unknown; ack: Acknowledge | undefined };

/** How an answer of a session begins. */
const OPENING = '{"id":';

/**
 * Which request an answer belongs to. A client may leave `id` out, or use one twice, because the acknowledgement tells the
 * answers apart; so the session sees numbers of ours, and the client its own ids. A request without one is answered with its
 * number on the connection. One entry for each request without an answer, which the session limits.
 */
export class Answers {
  private readonly asked = new Map<number, Asked>();
  private next = 0;

  /** The number by which the session is to answer. */
  ask(message: unknown, ack: Acknowledge | undefined): number {
    const number = this.next++;
    const { id, op } = Object(message) as { id?: unknown; op?: unknown };
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);
    const own = isObject && id === undefined ? number : idOf(message);
    this.asked.set(number, { id: own, op, ack });
    return number;
  }

  /** The request that a session’s text answers, with the answer as the client gets it; undefined: it is no answer. */
  take(text: string): { op: unknown; ack: Acknowledge | undefined; answer: Json } | undefined {
    if (!text.startsWith(OPENING)) return undefined;
    const comma = text.indexOf(',', OPENING.length);
    const number = Number(text.slice(OPENING.length, comma));
    const asked = this.asked.get(number);
    if (asked === undefined) throw new Error(`an answer to no request: ${text.slice(0, 100)}`);
    this.asked.delete(number);
    return { op: asked.op, ack: asked.ack, answer: new Json(`${OPENING}${asked.id}${text.slice(comma)}`) };
  }
}
