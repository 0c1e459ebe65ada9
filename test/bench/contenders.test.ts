import { describe, expect, it } from 'vitest';
import { run } from '../../bench/engine/contender.ts';
import { CONTENDERS, type ContenderName } from '../../bench/engine/contenders.ts';
import { makeFlow } from '../../bench/engine/flow.ts';

describe.each([
  { markets: 1, ticks: 99 },
  { markets: 4, ticks: 9_999 },
])('$markets markets of $ticks ticks', ({ markets, ticks }) => {
  const flow = makeFlow({ markets, ticks, count: 5_000, depth: 60, seed: 7 });

  it.each(
    Object.keys(CONTENDERS) as ContenderName[],
  )('%s trades and rests what the reference book does', async (name) => {
    const make = await CONTENDERS[name]();
    const contender = make(flow);
    run(contender, 0, flow.prefill + flow.count);
    expect(contender.digest()).toEqual(flow.digest);
  });
});
