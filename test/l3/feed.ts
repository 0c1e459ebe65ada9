import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/**
 * Bitstamp's order-level feed of BTC/USD as it was recorded: a line is the time of receipt in ms, what it is about, and
 * JSON. Prices are read as cents and amounts as lots of 0.00000001 BTC, the finest that the venue knows: all exact.
 */
export type Side = 'buy' | 'sell';
/** cents, lots */
export type Level = readonly [number, number];
export type OrderLine = {
  kind: 'created' | 'changed' | 'deleted';
  line: number;
  time: number;
  id: number;
  side: Side;
  cents: number;
  /** What is left of the order after this. */
  lots: number;
};
export type PrintLine = { kind: 'print'; line: number; time: number; id: number; cents: number; lots: number };
/** The best 20 levels of each side. */
export type BookLine = { kind: 'book'; line: number; time: number; bids: Level[]; asks: Level[] };
export type FeedLine = OrderLine | PrintLine | BookLine;

const LINE = /^(\d{13}) (order_created|order_changed|order_deleted|trade|order_book) (\{.*\})$/;
const KINDS = { order_created: 'created', order_changed: 'changed', order_deleted: 'deleted' } as const;
const CENTS = /^(\d{1,6})\.(\d{2})$/;
const AMOUNT = /^(\d{1,6})\.(\d{8})$/;
/** Of the doubles that prints carry: how far one may be from the decimal that it stands for. */
const DOUBLE_ERROR = 1e-4;

/** Reads the feed line by line; a line that is not as described above throws with its number. */
export async function readFeed(file: URL): Promise<FeedLine[]> {
  const feed: FeedLine[] = [];
  const text = createReadStream(file).pipe(createGunzip());
  let time = 0;
  for await (const row of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = feed.length;
    const parts = LINE.exec(row);
    if (parts === null) throw new Error(`line ${line} of the feed is not one: ${row.slice(0, 100)}`);
    const at = Number(parts[1]);
    if (at < time) throw new Error(`line ${line} of the feed goes back in time`);
    time = at;
    feed.push(readLine(line, time, parts[2] as string, parts[3] as string));
  }
  return feed;
}

function readLine(line: number, time: number, about: string, json: string): FeedLine {
  const fields = JSON.parse(json) as Record<string, unknown>;
  const names = Object.keys(fields).sort().join();
  const fail = (): never => {
    throw new Error(`line ${line} of the feed: ${about} with ${json.slice(0, 100)}`);
  };
  const decimal = (syntax: RegExp, value: unknown): number => {
    const digits = typeof value === 'string' ? syntax.exec(value) : null;
    return digits === null ? fail() : Number(`${digits[1]}${digits[2]}`);
  };
  const double = (scale: number, value: unknown): number => {
    const units = Number(value) * scale;
    return typeof value === 'number' && Math.abs(units - Math.round(units)) < DOUBLE_ERROR ? Math.round(units) : fail();
  };
  const id = (): number => (Number.isSafeInteger(fields.id) && Number(fields.id) > 0 ? Number(fields.id) : fail());
  const levels = (rows: unknown): Level[] => {
    if (!Array.isArray(rows)) return fail();
    return rows.map(([price, amount]: unknown[]) => [decimal(CENTS, price), decimal(AMOUNT, amount)]);
  };
  switch (about) {
    case 'order_created':
    case 'order_changed':
    case 'order_deleted': {
      if (names !== 'amount,datetime,id,order_type,price') return fail();
      if (fields.order_type !== 0 && fields.order_type !== 1) return fail();
      const side = fields.order_type === 0 ? 'buy' : 'sell';
      const cents = decimal(CENTS, fields.price);
      return { kind: KINDS[about], line, time, id: id(), side, cents, lots: decimal(AMOUNT, fields.amount) };
    }
    case 'trade':
      if (names !== 'amount,id,price') return fail();
      return {
        kind: 'print',
        line,
        time,
        id: id(),
        cents: double(1e2, fields.price),
        lots: double(1e8, fields.amount),
      };
    default:
      if (names !== 'asks,bids') return fail();
      return { kind: 'book', line, time, bids: levels(fields.bids), asks: levels(fields.asks) };
  }
}
