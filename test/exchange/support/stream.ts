import { expect } from 'vitest';
import type * as z from 'zod';
import { streams } from '../../../src/protocol/streams.ts';
import { exactly } from './exactly.ts';

/** A stream message as tests read it; its shape has been checked. */
export type Message = { ch: string; type?: string; market?: string; seq: number; prev: number } & Record<
  string,
  unknown
>;

/** One channel of one connection: every message has its documented shape and follows the one before. */
export class Stream {
  readonly messages: Message[] = [];
  #seq = -1;
  #read = 0;
  #wake: () => void = () => {};

  take(message: Message): void {
    exactly(schemaOf(message), message);
    if (message.type === 'heartbeat') return expect(message.seq).toBe(this.#seq);
    if (message.type === 'snapshot') expect(message.prev).toBe(message.seq);
    else if (message.type !== 'caught-up' && this.#seq >= 0) expect(message.prev).toBe(this.#seq);
    this.#seq = message.seq;
    this.messages.push(message);
    this.#wake();
  }

  /** Where the channel is. */
  get seq(): number {
    return this.#seq;
  }

  /** The next message that fits, past or to come; those before it are passed over. */
  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      while (this.#read < this.messages.length) {
        const message = this.messages[this.#read++] as Message;
        if (fits(message)) return message;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The message of that sequence number. */
  at(seq: number): Promise<Message> {
    return this.until((message) => message.seq === seq);
  }
}

export function schemaOf({ ch, type }: Message): z.ZodType {
  if (type === 'heartbeat') return streams.heartbeat;
  if (type === 'caught-up') return streams.caughtUp;
  if (type === 'self-trade') return streams.selfTrade;
  if (type === 'protection') return streams.protectionChange;
  const snapshot = `${ch}Snapshot`;
  const schemas: Record<string, z.ZodType | undefined> = streams;
  const schema = type === 'snapshot' && schemas[snapshot] !== undefined ? schemas[snapshot] : schemas[ch];
  if (schema === undefined) throw new Error(`no channel ${ch}`);
  return schema;
}
