import type { ModelCommand, QuoteItem, QuoteSide } from './commands.ts';
import { quotesOf } from './protection.ts';
import type { QuoteIntent, QuoteItemIntent } from './quoteIntents.ts';
import { DOLLAR, type Market, type Order, remaining, type State } from './state.ts';

const NAMES = ['a', 'b', 'a group with a name as long as may be'.slice(0, 36), '', 'nobody'];

/** The command that an intent about quotes or connections leads to as things stand. */
export function resolveQuotes(intent: QuoteIntent, state: State, market: number): ModelCommand {
  const { account } = intent;
  switch (intent.do) {
    case 'quotes': {
      const group = NAMES[intent.wild === 0 ? 3 : intent.group] as string;
      const standing = state.groups.find((each) => each.account === account && each.name === group);
      const quotes = standing === undefined ? [] : quotesOf(state, standing);
      const items =
        intent.again < 3 && quotes.length > 0
          ? quotes
              .slice(0, 4)
              .map((quote, i) => again(quote, state, intent.again, intent.items[i % intent.items.length]))
          : intent.items.map((item) => fresh(item, state));
      const deadline = intent.late === 0 ? state.time - 1 : intent.late === 1 ? state.time + 1 : 0;
      const none = intent.wild === 1;
      return {
        ...{ kind: 'QUOTES', account: intent.wild === 2 ? 5 : account, group, connection: intent.connection, deadline },
        items: none ? [] : items,
      };
    }
    case 'cancelQuotes': {
      const group = NAMES[intent.group] as string;
      return { kind: 'CANCEL_QUOTES', account, group, market: intent.everywhere ? -1 : market };
    }
    case 'protect': {
      const { window, frozen, size, delta, what } = intent;
      const protection = what === 0 ? null : what < 2 ? undefined : { window, frozen, size, delta };
      const group = NAMES[intent.group] as string;
      return { kind: 'QUOTE_GROUP', account, group, protection, reset: what === 0 || what === 1 || what > 5 };
    }
    case 'connection': {
      const { action } = intent;
      return { kind: 'CONNECTION', account: action === 'ALL_GONE' ? 0 : account, action, number: intent.number };
    }
    case 'cancelAfter':
      return { kind: 'CANCEL_AFTER', account, ms: intent.ms };
  }
}

const onTick = (step: number, tick: number, outcomes: number): number =>
  Math.min(10_000 - tick, Math.max(tick, Math.round((step * 1_000) / outcomes / tick) * tick));

/** Both sides, mostly with room between them; of NO in the market of many outcomes near its price, too. */
function fresh(intent: QuoteItemIntent, state: State): QuoteItem {
  // Where there are books, as a rule.
  const books = state.markets.filter(({ bookOn, status }) => bookOn && status === 'open');
  const chosen = intent.what < 9 && books.length > 0 ? books : state.markets;
  const index = intent.market === 59 ? state.markets.length : (chosen[intent.market % chosen.length]?.index ?? 0);
  const market = state.markets[index];
  const n = market?.outcomes ?? 2;
  const tick = Number(market?.tickSize ?? 1_000);
  const against = intent.against === 0 && (n > 2 || intent.what === 11);
  const of = (step: number): number =>
    intent.what === 10 ? step * 500 + 50 : onTick(against ? 20 - (20 - step) * (2 / n) : step, tick, against ? 2 : n);
  const [bids, asks] = intent.sizes;
  const bid: QuoteSide = [of(intent.bid), intent.what === 1 ? 0 : bids];
  const ask: QuoteSide = [of(intent.bid + intent.spread), intent.what === 2 ? 0 : asks];
  const outcome = intent.what === 9 ? intent.outcome : intent.outcome % n;
  return {
    ...{ market: index, outcome, against },
    bid: intent.what === 3 ? undefined : bid,
    ask: intent.what === 4 ? undefined : ask,
  };
}

/** What stands: the same again, or smaller or larger there, or elsewhere. */
function again(quote: Order, state: State, how: number, item: QuoteItemIntent | undefined): QuoteItem {
  const { outcomes, tickSize } = state.markets[quote.market] as Market;
  const price = Number(quote.mirrored ? DOLLAR - quote.price : quote.price) + (how === 2 ? Number(tickSize) : 0);
  const lots = how === 0 ? Number(remaining(quote)) : Math.max(1, item?.sizes[0] ?? 1);
  const against = quote.mirrored && outcomes > 2;
  const side = quote.mirrored === (quote.side === 'sell') ? 'bid' : 'ask';
  const outcome = quote.mirrored && outcomes === 2 ? 1 : quote.outcome;
  const other = { market: quote.market, outcome, against, bid: undefined, ask: undefined };
  return { ...other, [side]: [Math.min(9_999, price), lots] };
}
