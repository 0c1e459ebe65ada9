import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFlow } from '../../bench/engine/flow.ts';

const GENERATOR = fileURLToPath(new URL('../../../shared/bench/workload.mjs', import.meta.url));
const HEADER_WORDS = 8;

describe.skipIf(!existsSync(GENERATOR))('our flows are those that engines are compared on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brier-flow-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [1, 99],
    [1, 9_999],
    [100, 99],
    [100, 9_999],
  ])('%d markets of %d ticks', (markets, ticks) => {
    const shape = { markets, ticks, count: 20_000, depth: markets === 1 ? 1_000 : 50, seed: 23 };
    const out = join(folder, `${markets}-${ticks}`);
    const args = Object.entries({ ...shape, out }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const theirs = JSON.parse(execFileSync(process.execPath, [GENERATOR, ...args], { encoding: 'utf8' }));
    const ours = makeFlow(shape);
    const { qty: lots, restingQty: restingLots, ...rest } = theirs.digest;
    expect(ours.digest).toEqual({ ...rest, lots, restingLots });
    expect({ prefill: ours.prefill, orders: ours.orders }).toEqual({
      prefill: theirs.prefill,
      orders: theirs.maxOrderId,
    });
    const bytes = readFileSync(out).subarray(HEADER_WORDS * 4);
    expect(Buffer.from(ours.commands.buffer).equals(bytes)).toBe(true);
  });

  it('begin as shorter ones do', () => {
    const shape = { markets: 3, ticks: 99, count: 2_000, depth: 20, seed: 5 };
    const long = makeFlow(shape);
    const short = makeFlow({ ...shape, count: 1_000 });
    expect(short.commands).toEqual(long.commands.subarray(0, short.commands.length));
  });
});
