import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { CreateCommand, ModelCommand, PlaceCommand } from './commands.ts';
import { busyIntent, type Intent, intent } from './intents.ts';
import { type Features, marketTerms } from './markets.ts';
import { payoutsOf, resolve } from './resolve.ts';
import { SideBySide } from './sideBySide.ts';

/** What is generated: a search can be narrowed. */
const FEATURES: Features = {
  gtd: true,
  reduceOnly: true,
  selfTradePrevention: true,
  batches: true,
  sets: true,
  hybrids: true,
  fees: true,
  risk: true,
  auctions: true,
  topUps: true,
  priors: true,
  quotes: true,
};
/** A number of runs for a longer search: `BRIER_MODEL_RUNS=2000 npx vitest run test/model`. */
const RUNS = Number(process.env.BRIER_MODEL_RUNS ?? 80);
const SEED = process.env.BRIER_MODEL_SEED || undefined;
/** Two rich, one who runs out of money now and then, one poor. */
const GRANTS = [20_000_000, 20_000_000, 300_000, 60_000];

/**
 * The engine against a reference exchange that is written to be read (`exchange.ts`): random commands of every kind to both,
 * and after every one the answers, the trades, every order, balance, position, level and maker are the same. fast-check
 * prints the seed and the smallest failing case; the commands that led there are in the message.
 */
class Run {
  readonly both = new SideBySide();
  time = 1_000_000;
  private readonly named: PlaceCommand[] = [];
  private readonly created: CreateCommand[];

  constructor(markets: CreateCommand[]) {
    this.created = markets;
    for (const [index, grant] of GRANTS.entries()) this.send({ kind: 'OPEN_ACCOUNT', account: index + 1, grant });
    for (const market of markets) this.send(market);
  }

  act(what: Intent): void {
    this.time += what.do === 'wait' ? what.ms : 1;
    if (what.do === 'checkpoint') return this.both.restart();
    const { named, created, time } = this;
    const { state } = this.both.model;
    const command = resolve(what, { state, time, named, created, features: FEATURES });
    if (command === undefined) return;
    this.send(command);
    if (command.kind === 'PLACE' && command.clientId !== undefined && named.length < 11) named.push(command);
  }

  /** Everything comes to an end: resolved and paid, or called off and refunded, two holders at a time. */
  end(index: number, ending: number): void {
    const market = this.both.model.state.markets[index];
    this.time += 1;
    if (ending === 4) this.send({ kind: 'VOID', market: index });
    else {
      this.send({ kind: 'CLOSE', market: index });
      this.send({ kind: 'RESOLVE', market: index, payouts: payoutsOf(market, ending, ending === 3) });
      this.time += 20;
    }
    for (let rounds = 0; rounds < 8; rounds++) this.send({ kind: 'SETTLE_BATCH', market: index, most: 2 });
  }

  private send(command: ModelCommand): void {
    this.both.apply(command, this.time);
  }
}

/** Runs that many cases of random intents. */
function search(what: fc.Arbitrary<Intent>, runs: number): void {
  fc.assert(
    fc.property(
      marketTerms(FEATURES),
      fc.array(what, { minLength: 1, maxLength: 250, size: 'max' }),
      fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
      (markets, intents, endings) => {
        const run = new Run(markets);
        try {
          for (const each of intents) run.act(each);
          for (const index of markets.keys()) run.end(index, endings[index] ?? 0);
          run.both.restart();
          run.both.replay();
        } catch (error) {
          throw new Error(`after these commands:\n${run.both.log.join('\n')}`, { cause: error });
        }
      },
    ),
    { numRuns: runs, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
  );
}

describe('the engine and the reference exchange', () => {
  const timeout = 60_000 + RUNS * 2_000;
  it('agree on every command', { timeout }, () => search(intent, RUNS));
  it('agree where makers of markets are busy', { timeout }, () => search(busyIntent, Math.ceil(RUNS / 2)));
});
