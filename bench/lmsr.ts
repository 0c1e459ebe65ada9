/**
 * Nanoseconds and bytes per call of the LMSR beside the same by decimal.js alone, and how often float64 did not decide:
 * `npx tsx bench/lmsr.ts`. Medians of several rounds; the same code varies by ± 15 % from one process to the next.
 */
import { Engine } from '../src/engines/engine.ts';
import { costsAtMost } from '../src/engines/lmsr/cost.ts';
import { decisions } from '../src/engines/lmsr/exponentialSum.ts';
import {
  buyCostCeil,
  comparePrice,
  lotsForSpend,
  lotsToBuyUpTo,
  pricesMillionths,
  quote,
  sellProceedsFloor,
} from '../src/engines/lmsr/lmsr.ts';

import * as R from '../src/engines/records/buffer.ts';
import * as C from '../src/engines/records/commands.ts';

const ROUNDS = 9;
const CALLS = 200_000;
const MARKETS = 256;
const ACCOUNTS = 100;

/** Reproducible quantities: xorshift32. */
function randomIn(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return low + ((state >>> 0) % (high - low + 1));
  };
}

const median = (values: number[]): number => values.sort((a, c) => a - c)[values.length >> 1]!;

function measure(name: string, n: number, calls: number, call: (k: number) => number | boolean): void {
  let sink = 0;
  for (let k = 0; k < calls / 4; k++) sink += +call(k);
  const before = decisions.byDecimal;
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let k = 0; k < calls; k++) sink += +call(round * calls + k);
    times.push(((performance.now() - start) * 1e6) / calls);
  }
  const fellBack = ((decisions.byDecimal - before) / (ROUNDS * calls)).toExponential(1);
  // Apart from the timing, and in few calls: most such chunks see no collection and no decimal.js.
  const bytes: number[] = [];
  const few = Math.min(calls, 500);
  for (let round = 0; round < 41 && calls > few; round++) {
    const heap = process.memoryUsage().heapUsed;
    for (let k = 0; k < few; k++) sink += +call(round * few + k);
    bytes.push((process.memoryUsage().heapUsed - heap) / few);
  }
  const columns = [
    name.padEnd(40),
    `n=${String(n).padStart(3)}`,
    `${median(times).toFixed(0).padStart(9)} ns`,
    `${(bytes.length === 0 ? '' : median(bytes).toFixed(0)).padStart(7)} bytes`,
    `by decimal.js ${fellBack}`,
  ];
  console.log(columns.join('  '));
  if (Number.isNaN(sink)) throw new Error('not a number');
}

const NONE = Number.POSITIVE_INFINITY;

for (const n of [2, 10, 256]) {
  const random = randomIn(20_030_117);
  const b = 100_000; // $1,000 of liquidity
  const slab = Float64Array.from({ length: MARKETS * n }, () => random(-2 * b, 2 * b));
  const sizes = Float64Array.from({ length: 4_099 }, () => random(1, 20_000));
  const prices = new Float64Array(n);
  const out = new Float64Array(2);
  const at = (k: number) => (k % MARKETS) * n;
  const size = (k: number) => sizes[k % 4_099]!;
  const calls = n === 256 ? CALLS / 20 : CALLS;
  const quoted = (k: number) =>
    k % 2 === 0
      ? quote(slab, n, b, k % n, 1, size(k), 999_000, NONE, out, at(k))
      : quote(slab, n, b, k % n, -1, size(k), 1_000, NONE, out, at(k));
  const priced = (k: number) => pricesMillionths(slab, n, b, prices, at(k))[0]!;
  measure('quote: the whole size, up to $200', n, calls, quoted);
  measure('quote: to a level', n, calls, (k) =>
    quote(slab, n, b, k % n, 1, 1_000_000, 1_000 * (1 + (k % 900)), NONE, out, at(k)),
  );
  measure('quote: for a budget', n, calls, (k) =>
    quote(slab, n, b, k % n, 1, 1_000_000, 999_000, size(k) * 5_000, out, at(k)),
  );
  measure('quote and prices: one trade', n, calls, (k) => +quoted(k) + priced(k));
  measure('buyCostCeil', n, calls, (k) => buyCostCeil(slab, n, b, k % n, size(k), at(k)));
  measure('sellProceedsFloor', n, calls, (k) => sellProceedsFloor(slab, n, b, k % n, size(k), at(k)));
  measure('lotsForSpend', n, calls, (k) => lotsForSpend(slab, n, b, k % n, size(k) * 5_000, at(k)));
  measure('lotsToBuyUpTo', n, calls, (k) => lotsToBuyUpTo(slab, n, b, k % n, 500_000 + (k % 400_000), at(k)));
  measure('comparePrice', n, calls, (k) => comparePrice(slab, n, b, k % n, 1 + ((k * 7) % 999_998), at(k)));
  measure('pricesMillionths (all outcomes)', n, calls, priced);
  // The same cost by decimal.js alone: of the two candidates, the one that is not too little.
  measure('one question to decimal.js', n, n === 256 ? 4 : 40, (k) => {
    const q = slab.slice(at(k), at(k) + n);
    const after = q.slice();
    after[k % n] = after[k % n]! + size(k);
    return Number(costsAtMost(q, 0, n, b, 10_000, after, buyCostCeil(q, n, b, k % n, size(k)) - 1));
  });
}

// A tie, decided by algebra: 100 lots from (0, 50) to (100, 50).
const tie = Float64Array.of(0, 50);
measure('buyCostCeil, a tie', 2, 20_000, () => buyCostCeil(tie, 2, 1_000, 0, 100));

/** Whole trades: market orders of up to $20 through the engine, with money, positions and events, in a market of $1,000. */
function measurePlace(n: number): void {
  const engine = new Engine();
  const events = new R.RecordBuffer();
  const commands = new R.RecordBuffer();
  let seq = 0;
  const begin = (kind: number, words: number, account: number, market: number): number => {
    const at = commands.begin(kind, words);
    commands.i32[at + R.ACCOUNT] = account;
    commands.i32[at + R.MARKET] = market;
    commands.f64[(at + R.SEQ) >> 1] = ++seq;
    commands.f64[(at + R.TIME) >> 1] = 1_000_000;
    return at;
  };
  for (let account = 1; account <= ACCOUNTS; account++) {
    commands.f64[(begin(C.COMMAND.OPEN_ACCOUNT, C.AMOUNT + 2, account, -1) + C.AMOUNT) >> 1] = 1e12;
  }
  const outcomes = Array.from({ length: n }, (_, i) => `o${i}`);
  const text = JSON.stringify({ title: 'm', criteria: '', criteriaHash: '', outcomes });
  const created = begin(C.COMMAND.CREATE_MARKET, C.CREATE_TEXT + C.textWords('m') + C.textWords(text) + 1, 0, -1);
  commands.i32[created + C.CREATE_TYPE] = C.MARKET_TYPE.lmsr;
  commands.i32[created + C.CREATE_OUTCOMES] = n;
  commands.i32[created + C.CREATE_TICK_SIZE] = 100;
  commands.f64[(created + C.CREATE_CLOSE_TIME) >> 1] = 1e15;
  commands.f64[(created + C.CREATE_LIQUIDITY) >> 1] = 100_000;
  C.writeText(commands, C.writeText(commands, created + C.CREATE_TEXT, 'm'), text);
  const random = randomIn(20_030_117);
  const first = commands.words;
  const calls = 20_000;
  for (let k = 0; k < calls * (ROUNDS + 5); k++) {
    const at = begin(C.COMMAND.PLACE, C.PLACE_WORDS, random(1, ACCOUNTS), 0);
    const [side, outcome] = [random(0, 1), random(0, n - 1)];
    commands.i32[at + C.PLACE_TERMS] = side | (C.MARKET_ORDER << 1) | (C.TIF.IOC << 2) | (outcome << 8);
    commands.i32[at + C.PLACE_SIZE] = random(1, 2_000);
  }
  let at = 0;
  const apply = (): number => {
    events.clear();
    engine.apply(commands.i32, commands.f64, at, events);
    at += commands.i32[at + R.LENGTH]!;
    return events.words;
  };
  while (at < first) apply();
  measure('Engine.apply of a PLACE', n, calls, apply);
}

for (const n of [2, 10]) measurePlace(n);
