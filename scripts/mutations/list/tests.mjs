/** The engine's rules by example: quick, and the same each time. */
export const ENGINE = [
  'test/engine/rules',
  'test/engine/orders.test.ts',
  'test/engine/refusals.test.ts',
  'test/engine/lifecycle.test.ts',
];
export const AUCTION = ['test/engine/auction.test.ts'];
