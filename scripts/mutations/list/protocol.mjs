const file = 'src/protocol/units.ts';
const tests = ['test/protocol/units.test.ts'];

/** @type {import('../mutate.mjs').Mutation[]} */
export const protocol = [
  {
    name: 'digits finer than the unit are cut off',
    file,
    find: 'if (finer) return NOT_ON_GRID;',
    replace: '',
    tests,
  },
  {
    name: 'a price of $1 is a price',
    file,
    find: 'parseDecimal(text, 4, TICKS_PER_DOLLAR - 1)',
    replace: 'parseDecimal(text, 4, TICKS_PER_DOLLAR)',
    tests,
  },
  {
    name: 'money loses its leading zeros on the wire',
    file,
    find: "String(magnitude - dollars * MICROS_PER_DOLLAR).padStart(6, '0')",
    replace: 'String(magnitude - dollars * MICROS_PER_DOLLAR)',
    tests,
  },
];
