import { Engine } from '../dist/engines/engine.js';
import * as R from '../dist/engines/records/buffer.js';
import * as C from '../dist/engines/records/commands.js';
import * as E from '../dist/engines/records/events.js';

export type EngineFlow = { commands: R.RecordBuffer; setup: number; count: number };

/** sfc32: the same flow on every machine. */
function random(seed: number): () => number {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = seed | 0;
  let d = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/**
 * A flow of commands as a market sees them: 55 % limits near the touch, 10 % takers, 35 % cancels of a random live order.
 * Order ids are those that the engine will give, so the flow is made by running one.
 */
export function engineFlow(count: number, options: { markets: number; accounts: number; seed: number }): EngineFlow {
  const next = random(options.seed);
  const int = (below: number): number => Math.floor(next() * below);
  const commands = new R.RecordBuffer(1 << 24);
  const events = new R.RecordBuffer();
  const engine = new Engine();
  const mids = Array.from({ length: options.markets }, () => 2_000 + int(60) * 100);
  const live: { id: number; account: number; market: number }[] = [];
  const apply = (at: number): void => {
    commands.f64[(at + R.SEQ) >> 1] = engine.seq + 1;
    commands.f64[(at + R.TIME) >> 1] = 1_000_000 + engine.seq;
    events.clear();
    engine.apply(commands.i32, commands.f64, at, events);
  };
  const begin = (kind: number, words: number, account: number, market: number): number => {
    const at = commands.begin(kind, words);
    commands.i32[at + R.ACCOUNT] = account;
    commands.i32[at + R.MARKET] = market;
    return at;
  };
  for (let account = 1; account <= options.accounts; account++) {
    const at = begin(C.COMMAND.OPEN_ACCOUNT, C.AMOUNT + 2, account, -1);
    commands.f64[(at + C.AMOUNT) >> 1] = 1_000_000_000_000;
    apply(at);
  }
  for (let market = 0; market < options.markets; market++) {
    const slug = `m${market}`;
    const text = JSON.stringify({ title: slug, criteria: '', criteriaHash: '', outcomes: ['YES', 'NO'] });
    const at = begin(C.COMMAND.CREATE_MARKET, C.CREATE_TEXT + C.textWords(slug) + C.textWords(text) + 1, 0, -1);
    commands.i32[at + C.CREATE_OUTCOMES] = 2;
    commands.i32[at + C.CREATE_TICK_SIZE] = 100;
    commands.f64[(at + C.CREATE_CLOSE_TIME) >> 1] = 1e15;
    C.writeText(commands, C.writeText(commands, at + C.CREATE_TEXT, slug), text);
    apply(at);
  }
  const setup = engine.seq;
  for (let i = 0; i < count; i++) {
    const what = next();
    if (what > 0.65 && live.length > 100) {
      const pick = int(live.length);
      const order = live[pick] as (typeof live)[number];
      live[pick] = live[live.length - 1] as (typeof live)[number];
      live.pop();
      const at = begin(C.COMMAND.CANCEL, C.REF_WORDS, order.account, order.market);
      commands.f64[(at + C.REF_ORDER) >> 1] = order.id;
      apply(at);
      continue;
    }
    const market = int(options.markets);
    const account = 1 + int(options.accounts);
    const side = int(2);
    const taker = what < 0.1;
    const mid = mids[market] as number;
    const away = (1 + int(8)) * 100 * (taker ? -1 : 1);
    const at = begin(C.COMMAND.PLACE, C.PLACE_WORDS, account, market);
    commands.i32[at + C.PLACE_TERMS] = side | ((taker ? C.TIF.IOC : C.TIF.GTC) << 2);
    commands.i32[at + C.PLACE_PRICE] = Math.min(9_900, Math.max(100, side === C.BUY ? mid - away : mid + away));
    commands.i32[at + C.PLACE_SIZE] = 1 + int(100);
    apply(at);
    const doneAt = events.words - E.DONE_WORDS;
    if (!taker && events.i32[doneAt + R.CODE] === 0)
      live.push({ id: events.f64[(doneAt + E.DONE_ORDER) >> 1] as number, account, market });
  }
  return { commands, setup, count: engine.seq };
}

/** Applies the flow to a fresh engine; commands per second without the set-up. */
export function runFlow(flow: EngineFlow): { perSecond: number; digest: number } {
  const engine = new Engine();
  const events = new R.RecordBuffer(1 << 16);
  const { i32, f64, words } = flow.commands;
  let at = 0;
  const applyTo = (end: number): void => {
    for (; at < words && engine.seq < end; at += i32[at] as number) {
      events.clear();
      engine.apply(i32, f64, at, events);
    }
  };
  applyTo(flow.setup);
  const start = performance.now();
  applyTo(flow.count);
  const seconds = (performance.now() - start) / 1_000;
  return { perSecond: (flow.count - flow.setup) / seconds, digest: engine.digest };
}
