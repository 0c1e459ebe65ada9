import { describe, expect, it } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { priceMillionths, priorQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { Exact, hasVectors, readVectors, tracked } from './vectors.ts';

interface Example {
  name: string;
  published: string;
  computed: Record<string, string>;
  matches: boolean;
}

/** Shares as units of 10^-digits, for examples whose liquidity is no whole number of lots. */
const units = (shares: string | number, digits: number): number =>
  new Exact(shares).times(`1e${digits}`).round().toNumber();
const of = (...quantities: number[]): Float64Array => Float64Array.from(quantities);
const buy = (q: Float64Array, b: number, outcome: number, size: number) =>
  costCeil(q, 0, q.length, b, 1, outcome, size);
const sell = (q: Float64Array, b: number, outcome: number, size: number) => 0 - buy(q, b, outcome, -size);
const spend = (q: Float64Array, b: number, outcome: number, money: number) =>
  unitsForSpend(q, 0, q.length, b, 1, outcome, money);
const floor = (text: string) => new Exact(text).floor().toNumber();

describe.skipIf(!hasVectors)('worked examples from publications', () => {
  const all = hasVectors ? readVectors<Example[]>('lmsr_published_examples.json') : [];
  const { data: examples, unread } = tracked(
    Object.fromEntries(all.map(({ name, published, computed, matches }) => [name, { published, computed, matches }])),
  );
  const example = (start: string) => {
    const name = Object.keys(examples).find((candidate) => candidate.startsWith(start));
    if (name === undefined) throw new Error(`no example ${start}`);
    return examples[name]!;
  };
  const computed = (start: string) => example(start).computed;
  /** Our own result, written as the publication writes it. */
  const isPublished = (start: string, ...texts: string[]) => {
    for (const text of texts) expect(example(start).published).toContain(text);
  };
  const cut = (size: number, places: number) => new Exact(size).div(`1e${D}`).toFixed(places, Exact.ROUND_DOWN);
  const decimal = (size: number, digits: number, places = digits) => new Exact(size).div(`1e${digits}`).toFixed(places);
  const ppm = (text: string) => Math.round(Number(text) * 1e6);
  const micros = (text: string) => new Exact(text).times(1e6).ceil().toNumber();
  const S = 1_000_000;

  it('prices', () => {
    const first = priceMillionths(of(10, 20, 23), 3, 10, 0);
    expect(first).toBe(ppm(computed('price of stock 1').p!));
    isPublished('price of stock 1', decimal(first, 6, 4));
    const q = of(100 * S, 0, 0);
    const three = computed('3 outcomes buy 100');
    expect(priceMillionths(q, 3, 100 * S, 0)).toBe(ppm(three.pA!));
    expect(priceMillionths(q, 3, 100 * S, 1)).toBe(ppm(three.pB!));
    isPublished('3 outcomes', `p_A ${decimal(ppm(three.pA!), 6, 3)}`, `p_C ${decimal(ppm(three.pB!), 6, 3)}`);
    expect(buy(of(0, 0, 0), 100 * S, 0, 100 * S)).toBe(micros(three.cost!));
  });

  it('costs', () => {
    const augur = computed('Augur blog');
    const cost = buy(of(5 * S, 3 * S), 100 * S, 0, S);
    const after = priceMillionths(of(6 * S, 3 * S), 2, 100 * S, 0);
    expect(cost).toBe(micros(augur.cost!));
    expect(after).toBe(ppm(augur.price_after!));
    isPublished('Augur blog', `cost ${decimal(cost, 6, 3)}`, `price after ${decimal(after, 6, 3)}`);
  });

  it('C(q), cost, prices and a fee of 5 % to the thirteenth decimal', () => {
    const { C0, C1, cost, price_yes, fee5 } = computed('buy 100 of YES') as Record<string, string>;
    const b = 1e15; // 100, in units of 10⁻¹³
    const [before, after] = [worstLossCeil(of(0, 0), 0, 2, b, 1), worstLossCeil(of(1e15, 0), 0, 2, b, 1)];
    const paid = buy(of(0, 0), b, 0, 1e15);
    const up = (text: string | undefined) => new Exact(text!).times(1e13).ceil().toNumber();
    expect([before, after, paid]).toEqual([up(C0), up(C1), up(cost)]);
    isPublished(
      'buy 100 of YES',
      `C0 ${decimal(before - 1, 13)}`,
      `C1 ${decimal(after, 13, 12)}`,
      `cost ${decimal(paid, 13)}`,
    );
    const yes = priceMillionths(of(1e15, 0), 2, b, 0);
    expect(yes).toBe(ppm(price_yes!));
    isPublished('buy 100 of YES', String(yes).slice(0, 5), String(priceMillionths(of(1e15, 0), 2, b, 1)).slice(0, 5));
    const fee = Math.ceil((paid * 5) / 100);
    expect(Math.abs(fee - up(fee5))).toBeLessThanOrEqual(1);
    isPublished('buy 100 of YES', decimal(fee, 13, 11), `total ${decimal(paid + fee, 13, 12)}`);
  });

  it('with one publication’s arithmetic slip not repeated', () => {
    const { cost, C1 } = computed('WRONG published') as Record<string, string>;
    const ours = buy(of(0, 0), 100 * S, 0, 100 * S);
    expect(ours).toBe(micros(cost!));
    expect(worstLossCeil(of(100 * S, 0), 0, 2, 100 * S, 1)).toBe(micros(C1!));
    isPublished('WRONG published', 'cost 61.72 (wrong)');
    expect(decimal(ours, 6, 2)).toBe('62.01');
    for (const [name, { matches }] of Object.entries(examples)) expect(matches).toBe(!name.startsWith('WRONG'));
  });

  it('C(q) in lamports: from the worst loss, which is C(q) − min q', () => {
    const lamports = computed('lamports');
    const up = (text: string) => new Exact(text).ceil().toNumber();
    const losses = [of(0, 0), of(1e9, 0), of(1e9, 4e9)].map((q) => worstLossCeil(q, 0, 2, 1e9, 1));
    expect(losses[0]).toBe(up(lamports.C0!));
    expect(losses[1]).toBe(up(lamports.C1!));
    expect(losses[2]! + 1e9).toBe(up(lamports.C2!));
    isPublished('lamports', String(losses[0]! - 1), String(losses[1])); // they cut off, and round
    const most = worstLossCeil(of(0, 0), 0, 2, 12_345_678, 1);
    expect(most).toBe(up(computed('max loss b=12345678').exact!));
    isPublished('max loss', `${most} (ceil)`);
  });

  it('reserves r_i = −b·ln p_i, in units of 10⁻¹⁰ shares', () => {
    const D = 10;
    // p = e^−r/b; the rest of the probability is one other outcome at q = b·ln((1 − p)/p).
    const state = (b: string, r: string): Float64Array => {
      const p = new Exact(r).div(b).neg().exp();
      return of(0, units(new Exact(b).times(p.neg().plus(1).div(p).ln()).toString(), D));
    };
    // q has ten digits and so, nearly, has the result: the last one may differ.
    const near = (actual: number, start: string, field: string) => {
      expect(Math.abs(actual - units(computed(start)[field]!, D))).toBeLessThanOrEqual(3);
      isPublished(start, cut(actual, 8));
    };
    near(sell(state('14.4269504088', '10'), units('14.4269504088', D), 0, units(10, D)), 'Zeitgeist sell', 'v');
    near(sell(state('1', '1'), units(1, D), 0, units(1, D)), 'Zeitgeist sell r=1 x=1', 'v');
    near(sell(state('7', '17'), units(7, D), 0, units(8, D)), 'Zeitgeist sell r=17', 'v');
    // Their buy swaps money x for x complete sets and the other side of them: shares of the outcome beyond the sets.
    const swap = (b: string, r: string, x: number) => spend(state(b, r), units(b, D), 0, units(x, D)) - units(x, D);
    near(swap('2', '2', 2), 'Zeitgeist buy r=2', 'y');
    near(swap('3', '100', 10), 'Zeitgeist buy r=100', 'y');
  });

  it('sizes that move the price to a level', () => {
    const D = 10;
    const b = units(10, D);
    const at = (p: string): Float64Array =>
      of(0, units(new Exact(10).times(new Exact(1).minus(p).div(p).ln()).toString(), D));
    const size = unitsToLevel(at('0.3'), 0, 2, b, 1, 0, 1, 400_000, S);
    const paid = buy(at('0.3'), b, 0, size);
    expect(Math.abs(paid - units(computed('Zeitgeist buy-until').x!, D))).toBeLessThanOrEqual(3);
    isPublished('Zeitgeist buy-until', cut(paid, 8));
    const down = unitsToLevel(at('0.2'), 0, 2, b, 1, 0, -1, 100_000, S);
    expect(Math.abs(down - units(computed('Zeitgeist sell-until').x!, D))).toBeLessThanOrEqual(3);
    isPublished('Zeitgeist sell-until', cut(down, 8));
  });

  it('funding of a start that is not uniform', () => {
    for (const [name, prior] of [
      ["non-uniform start funding 10 prices ['0.5'", ['0.5', '0.5']],
      ['non-uniform start funding 444', ['0.1', '0.2', '0.3', '0.4']],
    ] as const) {
      const { b, ...reserves } = computed(name);
      isPublished(name, new Exact(b!).toFixed(10));
      const liquidity = units(b!, D);
      const q = priorQuantities(prior, liquidity)!;
      const loss = worstLossCeil(q, 0, q.length, liquidity, 1);
      // r_i = C(q) − q_i, the largest of which is the worst loss.
      const smallest = Math.min(...q);
      Object.keys(reserves).forEach((field, i) => {
        const reserve = loss + smallest - q[i]!;
        expect(Math.abs(reserve - units(computed(name)[field]!, D))).toBeLessThanOrEqual(3);
        if (prior.length > 2) isPublished(name, cut(reserve + 1, 7).replace(/\.0*$/, ''));
      });
    }
  });
  const D = 10;

  it('tables of another implementation, to the unit', () => {
    const is = (name: string, ours: number) => {
      expect(ours).toBe(floor(computed(name).exact!));
      isPublished(name, `${ours} (floor)`);
    };
    is('shares_for_cost edge-00813', spend(of(0, 0), 1e11, 0, 1e9));
    is('shares_for_cost grid-00098', spend(of(100_000, 0), 1e7, 1, 2e7));
    is('shares_for_cost grid-01359', spend(of(1e8, 1e8), 1e10, 1, 2e10));
    is('shares_for_cost grid-02107', spend(of(0, 1e12), 1e12, 0, 2.5e11));
    is('shares_for_cost edge-00793', spend(of(0, 0), 1e9, 0, 1e15));
    is('sell_return grid-00292', sell(of(3e7, 3e7), 1e7, 1, 1.5e7));
    is('sell_return grid-01941', sell(of(3e11, 2.5e10), 1e11, 0, 1e11));
    is('sell_return grid-01262', sell(of(0, 1e8), 1e10, 1, 5e7));
  });

  it('and none is left out', () => {
    expect(all.length).toBeGreaterThanOrEqual(24);
    expect(unread()).toEqual([]);
  });
});
