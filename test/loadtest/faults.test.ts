import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorOf } from '../../loadtest/accounts.ts';
import type { ScenarioName } from '../../loadtest/scenarios.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { brokenOf, k6, shortRun, TIMEOUT_MS } from './support/shortRun.ts';
import { type Tamper, TamperingProxy } from './support/tamperingProxy.ts';

/** Does something to the first message that it fits, of all connections. */
function once(fits: RegExp, change: (message: string) => string[]): () => Tamper {
  let done = false;
  return () => (message) => {
    if (done || !fits.test(message)) return [message];
    done = true;
    return change(message);
  };
}

const PLACED = /^\{"id":\d+,"ok":true,"order"/;

/** The first answer to an order comes after the next one of its connection. */
function swapped(): () => Tamper {
  let isDone = false;
  return () => {
    let held: string | undefined;
    return (message) => {
      if (held !== undefined && PLACED.test(message)) {
        const both = [message, held];
        held = undefined;
        return both;
      }
      if (isDone || !PLACED.test(message)) return [message];
      isDone = true;
      held = message;
      return [];
    };
  };
}

const change = (message: string, from: RegExp, to: string): string[] => {
  const changed = message.replace(from, to);
  expect(changed).not.toBe(message);
  return [changed];
};

/** Several faults, each of them once. */
const all =
  (...faults: (() => Tamper)[]): (() => Tamper) =>
  () => {
    const tampers = faults.map((fault) => fault());
    return (message) => tampers.reduce((messages, tamper) => messages.flatMap(tamper), [message]);
  };

interface Case {
  scenario: ScenarioName;
  /** What goes wrong on the way from the exchange, each of it once. */
  faults: Record<string, () => Tamper>;
  /** The thresholds that notice: these, and no others. */
  broken: string[];
}

const CASES: Case[] = [
  {
    scenario: 'order-flow',
    faults: {
      'an answer is lost': once(PLACED, () => []),
      'an answer comes twice': once(/^\{"id":\d+,"ok":true,"results"/, (one) => [one, one]),
      'two answers change places': swapped(),
      'a fill is larger': once(/^\{"ch":"fills".*"orderId"/, (one) => change(one, /"size":"/, '$&1')),
      'a balance is another': once(/^\{"ch":"account"(?!.*"snapshot")/, (one) => change(one, /"balance":"/, '$&1')),
    },
    broken: ['unanswered', 'duplicate_answers', 'out_of_order_answers', 'mirror_mismatches', 'money_errors'],
  },
  {
    scenario: 'market-data',
    faults: {
      'a trade is lost': once(/^\{"ch":"trades".*"tradeId"/, () => []),
      'a size is another': once(/"ch":"book".*"delta".*"crc"/, (one) => change(one, /\["0\.\d\d","\d+/, '$&7')),
      'an order is larger': once(/"ch":"book\.l3".*"delta"/, (one) => change(one, /"0\.\d\d","\d+/, '$&7')),
      'a candle has no trades': once(/"ch":"candles".*"candle":/, (one) => change(one, /"trades":\d+/, '"trades":0')),
      'a place is that of another order': once(/"type":"queue".*"orderId"/, (one) => change(one, /"orderId":"/, '$&9')),
    },
    broken: ['gaps', 'crc_errors', 'order_book_errors', 'candle_errors', 'queue_errors'],
  },
  {
    scenario: 'reconnect-storm',
    faults: {
      'the end of a resume has another checksum': once(/^\{"ch":"book".*"caught-up".*"crc":/, (one) =>
        change(one, /"crc":/, '$&1'),
      ),
    },
    broken: ['crc_errors'],
  },
  {
    scenario: 'market-maker',
    faults: {
      'a bid is above the ask of the same quote': once(/^\{"ch":"quotes".*"side":"bid","price":.*"open"/, (one) =>
        change(one, /"price":"[^"]*"/, '"price":"0.99"'),
      ),
    },
    broken: ['crossed_books'],
  },
];

describe.skipIf(k6 === undefined)('a scenario notices', { timeout: TIMEOUT_MS }, () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await startExchange();
  });
  afterAll(() => exchange?.stop());

  it.each(CASES)('in $scenario by $broken', async ({ scenario, faults, broken }) => {
    const proxy = await TamperingProxy.start(exchange.url, all(...Object.values(faults)));
    const report = await shortRun(exchange, scenario, { url: proxy.url });
    expect(report.passed).toBe(false);
    expect(brokenOf(report).sort()).toEqual(broken.sort());
  });

  it('in login-storm another account, and money that nobody expected', async () => {
    const operator = await operatorOf(exchange.url, exchange.operator());
    const prefix = 'rich';
    let deposited: Promise<unknown> | undefined;
    const proxy = await TamperingProxy.start(
      exchange.url,
      once(/"ok":true,"account":"rich/, (one) => {
        const deposit = { amount: '0.000001', reference: 'nobody-knows' };
        deposited = operator.post(`/accounts/${prefix}-0/deposits`, deposit);
        return change(one, /"account":"/, '$&x');
      }),
    );
    const report = await shortRun(exchange, 'login-storm', { url: proxy.url, prefix });
    await deposited;
    expect(brokenOf(report)).toEqual(expect.arrayContaining(['wrong_answers', 'balances']));
    expect(Number(report.conservation.after) - Number(report.conservation.before)).toBeCloseTo(0.000001, 7);
  });
});
