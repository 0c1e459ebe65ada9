/** An order as it was generated; `book` is its market and outcome, sizes are whole shares. */
export type GeneratedOrder = { book: string; side: 'buy' | 'sell'; cents: number; size: number };

const BUYERS = ['11', '12', '13'];
const SELLERS = ['21', '22', '23'];
/** What an order may name, and the book that it then belongs to. */
const NAMES = [
  { number: '1', outcome: 'Yes', book: '1 YES' },
  { number: '2', outcome: 'If it *rains', book: '2-1 YES' },
  { number: '2', outcome: 'If it does not rain', book: '2-2 YES' },
  { number: '3', outcome: 'Red, or pink', book: '3 a' },
  { number: '3', outcome: 'Blue', book: '3 b' },
  { number: '3', outcome: 'Green', book: '3 c' },
] as const;

const QUESTIONS_CSV = `ifp_id,q_text,q_status,outcome,n_opts,options
1-0,Will it happen?,closed,a,2,"(a) Yes, (b) No"
2-1,Will they play?,voided,,2,"If it rains :  (a) Yes, (b) No"
2-2,Will they play?,closed,b,2,"If it does not rain :  (a) Yes, (b) No"
3-0,"Which ""colour"" wins?",closed,b,3,"(a) Red, or pink, (b) Blue, (c) Green"
`;

/**
 * A small folder of questions and orders in the form of the real ones, the same each time. Nobody is on both sides, so
 * that no order meets one of its own account. One row names a question that is not there, some orders have size 0.
 */
export function generate(count: number): { questionsCsv: string; ordersCsv: string; orders: GeneratedOrder[] } {
  const random = sequence(20_140_820);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const rows = ['order_id,ifp_id,outcome,side,price_cents,quantity,created_at,user_id\r\n'];
  const orders: GeneratedOrder[] = [];
  for (let id = 1; id <= count; id++) {
    const { number, outcome, book } = pick(NAMES);
    const side = random() < 0.5 ? 'buy' : 'sell';
    const wished = Math.min(99, Math.max(1, Math.round(50 + (side === 'buy' ? -20 : 20) + (random() - 0.5) * 90)));
    const cents = withoutSets(book, side, wished);
    const size = random() < 0.01 ? 0 : 1 + Math.floor(random() * 10);
    const user = pick(side === 'buy' ? BUYERS : SELLERS);
    const minute = Math.floor(id / 100);
    const time = `8/20/14 ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
    rows.push(`${id},${number},"${outcome}",${side},${cents},${size},${time},${user}\r\n`);
    orders.push({ book, side, cents, size });
  }
  rows.push(`${count + 1},99,Yes,buy,50,1,8/20/14 0:00,11\r\n`);
  return { questionsCsv: QUESTIONS_CSV, ordersCsv: rows.join(''), orders };
}

/** Three outcomes trade in the first one's book alone: all bids together stay below $1, all asks above, so no sets are made. */
function withoutSets(book: string, side: string, cents: number): number {
  if (!book.startsWith('3')) return cents;
  if (side === 'buy') return Math.min(cents, book === '3 a' ? 79 : 10);
  return Math.max(cents, book === '3 a' ? 21 : 40);
}

/** Numbers in [0, 1) of a linear congruential generator (Numerical Recipes). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
