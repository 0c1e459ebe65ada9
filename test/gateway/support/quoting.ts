import * as protocol from '../../../src/protocol/answers.ts';
import { streams } from '../../../src/protocol/streams.ts';
import type { Client, Message, TestGateway } from './gateway.ts';

/** Two accounts and a market that nobody else has: nothing of one test is in another’s way. */
export type Place = { maker: Client; taker: Client; market: string; account: number };

export class Places {
  private readonly gateway: TestGateway;
  /** Of the place made last. */
  number = 0;

  constructor(gateway: TestGateway) {
    this.gateway = gateway;
  }

  async make(options: Parameters<TestGateway['createMarket']>[1] = {}): Promise<Place> {
    const { gateway } = this;
    const number = ++this.number;
    const market = `m-${number}`;
    await gateway.createMarket(market, options);
    const [account, other] = [number * 2 - 1, number * 2];
    return { maker: await gateway.client(account), taker: await gateway.client(other), market, account };
  }
}

export const q = (price: string, size = '10') => ({ price, size });

/** A mass quote that is taken, if not every side of it. */
export async function quote(client: Client, quotes: Message[], group = 'mm'): Promise<Message> {
  const answer = await client.ok('quotes', { group, quotes });
  protocol.answers.quotes.parse(answer);
  return answer;
}

/** All messages of `quotes` that have come, each of its documented shape. */
export async function told(client: Client): Promise<Message[]> {
  const messages = (await client.of('quotes')).filter(({ type }) => type !== 'heartbeat');
  for (const message of messages) {
    const { type } = message;
    if (type === 'snapshot') streams.quotesSnapshot.parse(message);
    else if (type === 'protection') streams.protectionChange.parse(message);
    else if (type === 'caught-up') streams.caughtUp.parse(message);
    else streams.quotes.parse(message);
  }
  return messages;
}

export const brief = ({ quote: { side, price, size, status, reason } }: Message): string =>
  [side, price, size, status, reason].filter(Boolean).join(' ');
