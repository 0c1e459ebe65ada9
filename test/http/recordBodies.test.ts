import { expect, test } from 'vitest';
import * as z from 'zod';
import { allRoutes, type HttpDeps } from '../../src/gateway/http/mount.ts';
import { createMarket, resolveMarket } from '../../src/protocol/http.ts';
import { request } from '../../src/protocol/requests.ts';

/** `JSON.parse` makes a key `__proto__` one of the object’s own; what copies keys by assignment loses it. */
const parsed = (name: string): Record<string, string> => JSON.parse(`{"YES":"0.5","${name}":"0.5"}`);

test.each(['NO', '__proto__', 'constructor', 'toString', '7'])('payouts and a prior keep the name %s', (name) => {
  const resolution = resolveMarket.parse({ payouts: parsed(name) });
  const payouts = 'payouts' in resolution && resolution.payouts;
  const market = { id: 'a', title: 't', criteria: 'c', closeTime: 5, type: 'lmsr', prior: parsed(name) };
  for (const kept of [payouts, createMarket.parse(market).prior]) {
    expect(Object.entries(Object(kept))).toEqual(Object.entries(parsed(name)));
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  }
});

test.each([
  null,
  [],
  'YES',
  7,
  { YES: 1 },
  { YES: 'x' },
  { '': '1' },
  { __proto__: null, YES: '-1' },
])('payouts are not %j', (payouts) => expect(resolveMarket.safeParse({ payouts }).success).toBe(false));

test('no request has a record of another kind', () => {
  const asked = allRoutes({} as HttpDeps).flatMap(({ body, query }) => [body, query]);
  const kinds = new Set<string>();
  for (const schema of [request, ...asked]) {
    if (schema === undefined) continue;
    z.toJSONSchema(schema, { io: 'input', override: ({ zodSchema }) => void kinds.add(zodSchema._zod.def.type) });
  }
  expect([...kinds]).toContain('object');
  expect([...kinds]).not.toContain('record');
});
