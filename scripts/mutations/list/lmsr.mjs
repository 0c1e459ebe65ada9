/** @type {import('../mutate.mjs').Mutation[]} */
export const lmsr = [
  {
    name: 'LMSR cost rounded down, in the trader’s favour',
    file: 'src/engines/lmsr/cost.ts',
    find: `  const least = whole + Math.ceil(small - margin);
  const most = whole + Math.ceil(small + margin);`,
    replace: `  const least = whole + Math.floor(small - margin);
  const most = whole + Math.floor(small + margin);`,
    tests: ['test/lmsr/vectors.test.ts', 'test/lmsr/exactness.test.ts', 'test/lmsr/noArbitrage.test.ts'],
  },
  {
    name: 'LMSR cost decided by float64 alone, without its error',
    file: 'src/engines/lmsr/cost.ts',
    find: 'const margin = Math.abs(small) * TRADE_ERROR;',
    replace: 'const margin = 0;',
    tests: ['test/lmsr/vectors.test.ts', 'test/lmsr/exactness.test.ts', 'test/lmsr/libm.test.ts'],
  },
  {
    name: 'LMSR proceeds rounded up',
    file: 'src/engines/lmsr/quote.ts',
    find: 'out[1] = direction > 0 ? money : 0 - money; // never −0',
    replace: 'out[1] = direction > 0 ? money : 1 - money;',
    tests: ['test/lmsr/quote.test.ts'],
  },
  {
    name: 'a budget buys one unit too many',
    file: 'src/engines/lmsr/size.ts',
    find: 'if (costCeil(q, at, n, b, unitMicros, outcome, middle) <= micros) low = middle;',
    replace: 'if (costCeil(q, at, n, b, unitMicros, outcome, middle - 1) <= micros) low = middle;',
    tests: ['test/lmsr/sizes.test.ts', 'test/lmsr/vectors.test.ts', 'test/lmsr/quote.test.ts'],
  },
  {
    name: 'the market maker trades past the limit price',
    file: 'src/engines/lmsr/quote.ts',
    find: '    size = Math.min(size, most);\n',
    replace: '',
    tests: ['test/lmsr/quote.test.ts'],
  },
  {
    name: 'the worst loss of a market maker is rounded down',
    file: 'src/engines/lmsr/funding.ts',
    find: `  const low = whole + Math.ceil(rest - margin);
  const high = whole + Math.ceil(rest + margin);`,
    replace: `  const low = whole + Math.floor(rest - margin);
  const high = whole + Math.floor(rest + margin);`,
    tests: ['test/engine/rules/hybrid.test.ts'],
  },
  {
    name: 'a top-up funds the new liquidity only from the middle',
    file: 'src/engines/lmsr/funding.ts',
    find: 'furthest = Math.max(furthest, q[at + j]! - after[j]!);',
    replace: 'furthest = Math.min(furthest, q[at + j]! - after[j]!);',
    tests: ['test/lmsr/topUp.test.ts'],
  },
];
