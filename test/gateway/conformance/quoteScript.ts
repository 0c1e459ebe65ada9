import { START } from '../support/gateway.ts';
import { meanwhile, ok, otherDoes, refused, type Step } from './steps.ts';

const rain = { market: 'rain' };
const q = (price: string, size: string) => ({ price, size });
const group = { group: 'g' };
const quoted = (...quotes: object[]) => ({ op: 'quotes', ...group, quotes });
const protection = { windowMs: 1_000, frozenMs: 5_000, maxSize: '5.00' };

/** Quotes, their protection, and what `quotes`, `fills` and the books tell of them. */
export const QUOTES: readonly Step[] = [
  ok({ op: 'auth', token: '1' }),
  ok({
    op: 'subscribe',
    channels: [
      ...['book', 'book.l3'].map((ch) => ({ ch, ...rain })),
      ...['quotes', 'orders', 'fills', 'account'].map((ch) => ({ ch })),
    ],
  }),
  refused({ op: 'quoteGroup', ...group }, 'NOT_FOUND', 'group'),
  refused({ op: 'quoteGroup', ...group, protection: { windowMs: 1, frozenMs: 1 } }, 'INVALID_REQUEST', 'protection'),
  refused(
    { op: 'quoteGroup', ...group, protection: { windowMs: 1, frozenMs: 1, maxSize: '10000000.01' } },
    'INVALID_REQUEST',
    'protection.maxSize',
    { message: 'maxSize must be above 0 and at most 10,000,000, to 2 decimals' },
  ),
  ok({ op: 'quoteGroup', ...group, protection }, { group: 'g', protection, filled: '0.00', delta: '0.00' }),
  ok(quoted({ ...rain, bid: q('0.45', '3'), ask: q('0.55', '3') }), { results: [{ ok: true }] }),
  // Smaller, the same, another price, and a removal.
  ok(quoted({ ...rain, bid: q('0.45', '2'), ask: q('0.55', '3') }), { results: [{ ok: true }] }),
  ok({ ...quoted({ ...rain, bid: q('0.46', '2'), ask: null }), timing: true }, { results: [{ ok: true }] }),
  ok(
    quoted(
      { ...rain, ask: q('0.46', '3') },
      { market: 'nowhere', bid: null },
      { market: 'cup', bid: q('0.20', '1') },
      { ...rain, outcome: 'NO', bid: q('2', '3'), ask: q('0.60', '0.001') },
      { market: 'cup', outcome: 'B', against: true, bid: q('0.60', '1') },
    ),
    {
      results: [
        { ok: false, ask: { code: 'POST_ONLY_WOULD_TRADE', field: 'quotes.0.ask.price' } },
        { ok: false, error: { code: 'UNKNOWN_MARKET', field: 'quotes.1.market' } },
        { ok: false, error: { code: 'INVALID_REQUEST', field: 'quotes.2.outcome' } },
        {
          ok: false,
          bid: { code: 'PRICE_OUT_OF_RANGE', field: 'quotes.3.bid.price' },
          ask: { code: 'SIZE_NOT_ON_LOT', field: 'quotes.3.ask.size' },
        },
        { ok: true },
      ],
    },
  ),
  refused(quoted(), 'INVALID_REQUEST', 'quotes'),
  refused({ ...quoted({ ...rain, bid: null }), deadline: START - 1 }, 'DEADLINE_PASSED', 'deadline'),
  ok(quoted({ ...rain, bid: q('0.46', '9'), ask: q('0.56', '9') })),
  otherDoes({ op: 'place', ...rain, side: 'buy', size: '1', price: '0.56' }),
  // The fill that hits the limit.
  otherDoes({ op: 'place', ...rain, side: 'sell', size: '4', price: '0.46' }),
  refused(quoted({ ...rain, bid: q('0.46', '1') }), 'LIMIT_EXCEEDED', 'group', {
    limit: { name: 'marketMakerProtection', value: START + 5_000 },
    retryAfterMs: 5_000,
  }),
  ok({ op: 'quoteGroup', ...group }, { frozenUntil: START + 5_000 }),
  ok(quoted({ ...rain, bid: null })),
  ok({ op: 'quoteGroup', ...group, reset: true }, { filled: '0.00' }),
  ok(quoted({ ...rain, bid: q('0.44', '1'), ask: q('0.58', '1') })),
  ok({ op: 'quotes', group: 'h', quotes: [{ ...rain, bid: q('0.43', '1') }] }),
  meanwhile(({ gateway }) => {
    gateway.now += 5_000;
  }),
  ok({ op: 'subscribe', channels: [{ ch: 'quotes' }] }),
  ok({ op: 'cancelQuotes', group: 'nobody' }, { canceled: 0 }),
  ok({ op: 'cancelQuotes', ...group, ...rain }, { canceled: 2 }),
  refused({ op: 'cancelQuotes', market: 'nowhere' }, 'UNKNOWN_MARKET', 'market'),
  ok({ op: 'cancelQuotes', timing: true }, { canceled: 1 }),
  ok({ op: 'quoteGroup', ...group, protection: null }, { protection: null }),
];
