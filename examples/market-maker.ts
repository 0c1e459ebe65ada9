import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client, HttpError, http } from '../src/sdk/index.ts';
import { findInstruments, logIn, WithoutBook } from './market-maker/instruments.ts';
import { GROUP, Maker } from './market-maker/maker.ts';

/**
 * A market maker: quotes around the price of the LMSR maker on hybrid markets, protected by a limit of what may be filled, and
 * canceled by the exchange when its connection ends. What it misses while it is away it resumes.
 *
 * `node --import tsx examples/market-maker.ts --url http://127.0.0.1:9001 --username maker --password …`
 *
 * It ends with 1 where a stream had a gap or own quotes crossed.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9001' },
    username: { type: 'string' },
    password: { type: 'string' },
    /** Ids with commas; without them the newest hybrids. */
    markets: { type: 'string', default: '' },
    count: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '10' },
    size: { type: 'string', default: '20' },
    spread: { type: 'string', default: '0.04' },
    inventory: { type: 'string', default: '200' },
    /** ms between mass quotes */
    every: { type: 'string', default: '200' },
    /** Where inventory and the place in `fills` are kept: a maker that is started again goes on from there. */
    state: { type: 'string' },
  },
});
const SUMMARY_MS = 10_000;
const KEEP_MS = 1_000;
const PROTECTION = { windowMs: 1_000, frozenMs: 2_000 };

const { url, username, password, state } = values;
if (username === undefined || password === undefined) {
  process.stderr.write('give --username and --password of an account; one that does not exist is created\n');
  process.exit(2);
}
const api = http(url);
const login = { username, password };
const size = Number(values.size);
const wanted = values.markets.split(',').filter(Boolean);
const instruments = await findInstruments(api, wanted, Number(values.count)).catch(giveUp);
if (instruments.length === 0) {
  process.stderr.write('there is no open hybrid market with a book\n');
  process.exit(2);
}

type State = { fills: number; inventory: Record<string, number> };
const before: State | undefined = state === undefined ? undefined : readState(state);
const terms = { halfSpread: Number(values.spread) / 2, size, inventoryMax: Number(values.inventory) };
const maker = new Maker(instruments, terms, new Map(Object.entries(before?.inventory ?? {})));
const connections = { opened: 0, gaps: 0, lost: '' };
const fills = { ch: 'fills', ...(before !== undefined && { since: before.fills }) } as const;
const markets = [...new Set(instruments.map(({ market }) => market))];

const client = await Client.open({
  url,
  token: () => logIn(api, login.username, login.password),
  channels: [fills, { ch: 'quotes' }, ...markets.map((market) => ({ ch: 'ticker' as const, market, conflateMs: 100 }))],
  prepare: async (connection) => {
    const protection = { ...PROTECTION, maxSize: (size * 20).toFixed(2), maxDelta: (size * 10).toFixed(2) };
    for (const answer of [
      await connection.request('cancelOnDisconnect', { enabled: true }),
      await connection.request('quoteGroup', { group: GROUP, protection }),
    ]) {
      if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    }
  },
  onMessage: (message) => maker.take(message),
  onOpen: () => {
    connections.opened++;
    maker.requoteAll();
  },
  onLost: ({ message }) => {
    connections.lost = message;
  },
  onGap: (channel) => {
    connections.gaps++;
    process.stderr.write(`a gap in ${channel}\n`);
  },
}).catch(giveUp);

/** What the exchange refuses, and one that is not there, end the start in one line. */
function giveUp(error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const isAway = error instanceof TypeError && cause !== undefined; // as fetch says it
  if (!(error instanceof HttpError || error instanceof WithoutBook || isAway)) throw error;
  process.stderr.write(`${url}: ${cause?.message ?? error.message}\n`);
  process.exit(1);
}

function summary(): string {
  const { tally, own, refusals, inventory } = maker;
  const net = [...inventory.values()].reduce((sum, shares) => sum + shares, 0);
  const why = [...refusals].map(([code, count]) => `${code} ${count}`).join(', ');
  return (
    `${new Date().toISOString()} quotes ${tally.quotes} in ${tally.requests} requests, open ${own.open}, ` +
    `refused ${tally.refused}${why === '' ? '' : ` (${why})`}, fills ${tally.fills}, net ${net.toFixed(2)}, ` +
    `protection hit ${tally.trips}, connections ${connections.opened}, gaps ${connections.gaps}, crossed ${own.crossed}\n`
  );
}

function readState(path: string): State | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Inventory and the place in `fills` belong together: one file, replaced whole. */
function keep(): void {
  const seq = client.seqOf(fills);
  if (state === undefined || seq === undefined) return;
  writeFileSync(`${state}.new`, JSON.stringify({ fills: seq, inventory: Object.fromEntries(maker.inventory) }));
  renameSync(`${state}.new`, state);
}

// From here on no fill is missed, whatever becomes of this process.
while (client.seqOf(fills) === undefined) await new Promise(setImmediate);
keep();
process.stdout.write(`quoting ${instruments.length} instruments of ${markets.length} markets\n`);
const timers = [setInterval(() => process.stdout.write(summary()), SUMMARY_MS), setInterval(keep, KEEP_MS)];
let quoting = true;
const end = (): void => {
  quoting = false;
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
const until = Date.now() + Number(values.minutes) * 60_000;
while (quoting && Date.now() < until) {
  await maker.quote(client);
  await new Promise((resolve) => setTimeout(resolve, Number(values.every)));
}
for (const timer of timers) clearInterval(timer);
await client.request('cancelQuotes', { group: GROUP }).catch(() => {});
await client.close({ logout: true });
keep();
process.stdout.write(summary());
process.exitCode = connections.gaps > 0 || maker.own.crossed > 0 ? 1 : 0;
