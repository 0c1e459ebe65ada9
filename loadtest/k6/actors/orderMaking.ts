import { formatPrice } from '../../../src/protocol/units.ts';
import type { Fields } from '../../../src/sdk/connection.ts';
import type { PlanMarket } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import { fairPrice, withinCents } from './fairPrice.ts';

/** How far from the fair price orders are, in cents: below 0 they cross it. */
const CROSSING_CENTS = 2;
const RESTING_CENTS = 9;

/** Orders of many kinds around the fair prices, as one trader sends them. */
export class OrderMaking {
  readonly #markets: readonly PlanMarket[];
  readonly #random: Random;
  readonly #name: string;
  #made = 0;

  /** `name` begins every `clientOrderId`: no two traders share it. */
  constructor(markets: readonly PlanMarket[], random: Random, name: string) {
    this.#markets = markets;
    this.#random = random;
    this.#name = name;
  }

  next(): Fields<'place'> & { clientOrderId: string } {
    const random = this.#random;
    const index = random.below(this.#markets.length);
    const { id, outcomes } = this.#markets[index] as PlanMarket;
    const side = random.next() < 0.5 ? 'buy' : 'sell';
    const cents = random.between(-CROSSING_CENTS, RESTING_CENTS) * (side === 'buy' ? -1 : 1);
    const price = formatPrice(withinCents(fairPrice(index, outcomes.length, Date.now()) + cents * 100));
    const size = `${random.between(1, 20)}.${random.between(0, 9)}`;
    const order = { market: id, side, outcome: random.pick(outcomes), size, price } as const;
    return { ...order, ...this.#kind(), clientOrderId: `${this.#name}-${this.#made++}` };
  }

  #kind(): Pick<Fields<'place'>, 'tif' | 'postOnly' | 'stp'> {
    const kind = this.#random.below(20);
    if (kind < 3) return { tif: 'IOC' };
    if (kind === 3) return { tif: 'FOK' };
    if (kind < 6) return { tif: 'GTC', postOnly: true };
    if (kind === 6) return { tif: 'GTC', stp: 'expire-maker' };
    if (kind === 7) return { tif: 'GTC', stp: 'decrement' };
    return { tif: 'GTC' };
  }
}
