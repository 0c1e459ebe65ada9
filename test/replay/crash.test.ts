import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../loadtest/replay/audit.ts';
import { auditView } from '../../src/protocol/httpViews.ts';
import type { HttpClient } from '../../src/sdk/index.ts';
import { Random } from '../exchange/support/random.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { generatedFolder, operatorClient, startReplay, traces } from './support/replayProcess.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const ORDERS = 1200;
const KILLS = 3;
const TIMEOUT_MS = 240_000;
/** The n-th run is killed n times so many commands after its start: further than the run before, and before the end. */
const COMMANDS_MIN = 150;
const COMMANDS_MAX = 300;

/**
 * kill -9 of the exchange and its PostgreSQL while a replay sends its orders, again and again. `SEED=… npx vitest run
 * test/replay/crash` repeats a run's moments.
 */
describe(`an exchange that is killed in the middle of a replay (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  const { folder } = generatedFolder(ORDERS);
  let exchange: Exchange;
  let operator: HttpClient;

  const open = async (dataDir?: string) => {
    exchange = await startExchange(dataDir === undefined ? {} : { dataDir });
    operator = await operatorClient(exchange);
  };
  const books = async () => auditView.parse(await operator.get('/audit'));

  beforeAll(() => open());
  afterAll(() => exchange?.stop());

  test(
    'is started again, the replay is run again, and both end as if nothing had happened',
    async () => {
      const empty = await audit(operator);
      await startReplay(exchange, folder, 'whole').report();
      const whole = await audit(operator);

      for (let run = 1; run <= KILLS; run++) {
        const enough = (await books()).seq + run * random.integer(COMMANDS_MIN, COMMANDS_MAX);
        const replay = startReplay(exchange, folder, 'killed');
        const kill = exchange.aim();
        let told = await books();
        while (told.seq < enough) {
          await turn();
          told = await books();
        }
        await kill();
        const { code, stderr } = await replay.ended;
        expect(code, stderr).not.toBe(0);
        await open(exchange.dataDir);
        const found = await books();
        expect(found.seq).toBeGreaterThanOrEqual(told.seq);
        expect(found).toMatchObject({ conserved: true, accounts: told.accounts, markets: told.markets });
        expect(found.orders).toBeGreaterThan(0);
      }

      const { orders, money } = await startReplay(exchange, folder, 'killed').report();
      expect(orders.duplicates).toBeGreaterThan(0);
      expect(orders.accepted).toBeGreaterThan(0);
      expect(money.after.total).toBe(money.before.total);
      expect(await traces(exchange, folder, 'killed')).toEqual(await traces(exchange, folder, 'whole'));
      const after = await audit(operator);
      // Both replays paid in and hold the same, to the micro.
      expect(whole.total - empty.total).toBe(whole.paidIn - empty.paidIn);
      expect(after.total - whole.total).toBe(whole.total - empty.total);
      expect(await books()).toMatchObject({ conserved: true, orders: 0 });
    },
    TIMEOUT_MS,
  );
});
