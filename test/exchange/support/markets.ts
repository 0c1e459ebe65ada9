import type * as z from 'zod';
import { lifecycleView, type marketView } from '../../../src/protocol/http.ts';
import type { Client } from './client.ts';

const HOUR_MS = 3_600_000;

/** Opens a market that closes in an hour, unless told otherwise. */
export async function openMarket(
  operator: Client,
  id: string,
  more: Record<string, unknown> = {},
): Promise<z.output<typeof marketView>> {
  const { market } = await operator.api.call(lifecycleView, 201, 'POST', '/markets', {
    id,
    title: `Will ${id} happen?`,
    criteria: 'As the test says.',
    closeTime: Date.now() + HOUR_MS,
    ...more,
  });
  return market;
}
