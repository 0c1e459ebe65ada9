import { Engine } from '../../dist/engines/engine.js';
import * as R from '../../dist/engines/records/buffer.js';
import * as C from '../../dist/engines/records/commands.js';
import * as E from '../../dist/engines/records/events.js';
import { MarketData } from '../../dist/gateway/market-data/marketData.js';
import { encodePlace } from '../../dist/gateway/orders/encode.js';
import { orderAnswerFrame } from '../../dist/gateway/orders/orderAnswer.js';
import { PlaceFrames } from '../../dist/gateway/orders/placeFrame.js';
import { createMarketRecord, openAccountRecord } from '../../dist/gateway/services/commandRecords.js';
import { isPlainPlace } from '../../dist/gateway/sessions/plainPlace.js';
import { flowTexts } from '../generator/flows.ts';
import { median } from '../percentiles.ts';

/** Nanoseconds of processor time an order: on a machine that does other things, too, a clock would count those. */
export type WireCosts = {
  /** `JSON.parse`, check, record: what any request takes. */
  parsed: number;
  /** The record of a plain order straight from the bytes of its JSON. */
  straight: number;
  /** The answer as JSON, in bytes. */
  answerText: number;
  /** A record that the client made, checked for what the engine does not check, copied. */
  binaryRecord: number;
  /** The answer as the engine’s records, copied. */
  binaryAnswer: number;
};

const MARKET = 'wire';
const ACCOUNT = 1;
const ORDERS = 1_024;
const REPEATS = 7;

/** What of an order’s way depends on the form of its messages: the same orders and answers, as JSON and as records. */
export function wireCosts(rounds: number): WireCosts {
  const commands = new R.RecordBuffer();
  const port = { buffer: commands };
  const { engine, apply } = startEngine(port);
  const data = new MarketData(engine.image());
  const market = data.bySlug(MARKET);
  if (market === undefined) throw new Error('the market was not made');
  const frames = flowTexts({ kind: 'orders', market: MARKET }, 0, ORDERS).map((text) => Buffer.from(text));
  const straight = new PlaceFrames((slug) => data.bySlug(slug));
  const records = frames.map((frame) => {
    commands.clear();
    if (straight.read(frame, commands, ACCOUNT, 0) < 0) throw new Error('a frame of the bench is not a plain order');
    return commands.i32.slice(0, commands.words);
  });
  // Half of them rest, half fill: the groups of events that their answers are made of.
  const answers = records.map((record, i) => {
    commands.clear();
    const at = commands.append(record, 0, record.length);
    commands.i32[at + R.ACCOUNT] = ACCOUNT + (i % 2);
    return apply(at);
  });

  const text = Buffer.alloc(1 << 12);
  const out = new Int32Array(1 << 10);
  let sink = 0;
  const time = (work: (i: number) => number): number => {
    const samples: number[] = [];
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      const start = process.cpuUsage();
      for (let round = 0; round < rounds; round++) for (let i = 0; i < ORDERS; i++) sink += work(i);
      // The first one only shows the compiler what is to come.
      const { user, system } = process.cpuUsage(start);
      if (repeat > 0) samples.push(((user + system) * 1e3) / (rounds * ORDERS));
    }
    return median(samples);
  };
  const costs = {
    parsed: time((i) => {
      commands.clear();
      const message: unknown = JSON.parse((frames[i] as Buffer).toString());
      if (!isPlainPlace(message)) throw new Error('a frame of the bench is not a plain order');
      return encodePlace(port, data.bySlug(message.market), ACCOUNT, message) as number;
    }),
    straight: time((i) => {
      commands.clear();
      return straight.read(frames[i] as Buffer, commands, ACCOUNT, 0);
    }),
    answerText: time((i) => {
      const { events, doneAt } = answers[i] as Answer;
      return text.write(orderAnswerFrame(i, events, 0, doneAt, C.COMMAND.PLACE, market, ''), 'latin1');
    }),
    binaryRecord: time((i) => {
      commands.clear();
      const record = records[i] as Int32Array;
      const { length } = record;
      // The engine checks prices, sizes and terms; that the record is one, and whose it is, nobody else can.
      if (length !== C.PLACE_WORDS + (C.PLACE_WORDS & 1) || record[R.LENGTH] !== length) return -1;
      if (record[R.KIND] !== C.COMMAND.PLACE || data.markets[record[R.MARKET] as number] === undefined) return -1;
      const at = commands.append(record, 0, length);
      commands.i32[at + R.ACCOUNT] = ACCOUNT;
      return at;
    }),
    binaryAnswer: time((i) => {
      const { events, orderAt, doneAt } = answers[i] as Answer;
      const words = events.i32[orderAt] as number;
      const doneWords = events.i32[doneAt] as number;
      out.set(events.i32.subarray(orderAt, orderAt + words));
      out.set(events.i32.subarray(doneAt, doneAt + doneWords), words);
      return words + doneWords;
    }),
  };
  if (Number.isNaN(sink)) throw new Error('not a number');
  return costs;
}

type Answer = { events: R.RecordBuffer; orderAt: number; doneAt: number };

/** An engine with one market and two accounts; `apply` carries a command out and keeps its events. */
function startEngine(port: { buffer: R.RecordBuffer }): { engine: Engine; apply: (at: number) => Answer } {
  const engine = new Engine();
  const { buffer } = port;
  const apply = (at: number): Answer => {
    buffer.f64[(at + R.SEQ) >> 1] = engine.seq + 1;
    buffer.f64[(at + R.TIME) >> 1] = 1_000_000 + engine.seq;
    const events = new R.RecordBuffer(1 << 10);
    engine.apply(buffer.i32, buffer.f64, at, events);
    let orderAt = -1;
    let doneAt = 0;
    for (let event = 0; event < events.words; event += events.i32[event] as number) {
      if (events.i32[event + R.KIND] === E.EVENT.ORDER) orderAt = event;
      doneAt = event;
    }
    if (events.i32[doneAt + R.CODE] !== 0) throw new Error('a command of the bench was refused');
    return { events, orderAt, doneAt };
  };
  for (const account of [ACCOUNT, ACCOUNT + 1]) apply(openAccountRecord(port, account, 1e12));
  const definition = JSON.stringify({ title: MARKET, criteria: '', criteriaHash: '', outcomes: ['YES', 'NO'] });
  const terms = {
    type: C.MARKET_TYPE.book,
    outcomes: 2,
    tickSize: 100,
    closeTime: 1e15,
    liquidity: 0,
    disputeWindowMs: 0,
  };
  apply(createMarketRecord(port, 0, { slug: MARKET, definition, ...terms }));
  return { engine, apply };
}
