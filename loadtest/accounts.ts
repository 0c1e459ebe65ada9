import { createHash, randomBytes } from 'node:crypto';
import { accountAnswer, loginView, newApiKeyView } from '../src/protocol/httpViews.ts';
import { type HttpClient, http } from '../src/sdk/index.ts';
import type { PlanAccount } from './k6/run/plan.ts';
import { micros } from './replay/audit.ts';
import { mapWide } from './replay/lanes.ts';
import { patiently } from './replay/patience.ts';

/** Accounts made at once: each costs the exchange some 50 ms of a core for its password. */
const WIDTH = 8;
const DEPOSIT = '1000000';

/** An account of the run, as the scenarios and as the runner use it. */
export interface RunAccount extends PlanAccount {
  readonly api: HttpClient;
}

/** Logs in as the exchange's operator. */
export async function operatorOf(url: string, operator: { username: string; password: string }): Promise<HttpClient> {
  const api = http(url);
  const { accessToken } = loginView.parse(await patiently(() => api.post('/auth/login', operator)));
  return api.as(accessToken);
}

/** Registers the accounts of a run, with money and an API key each. */
export function createAccounts(
  { url, operator, prefix }: { url: string; operator: HttpClient; prefix: string },
  count: number,
): Promise<RunAccount[]> {
  const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  return mapWide(names, WIDTH, async (username) => {
    const password = randomBytes(18).toString('base64url');
    const registered = await patiently(() => http(url).post('/auth/register', { username, password }));
    const api = http(url, loginView.parse(registered).accessToken);
    await patiently(() =>
      operator.post(`/accounts/${username}/deposits`, { amount: DEPOSIT, reference: `${username}-deposit` }),
    );
    const key = await patiently(() => api.post('/api-keys', { name: 'loadtest', scopes: ['read', 'trade'] }));
    const { id, secret } = newApiKeyView.parse(key);
    const signingKey = createHash('sha256').update(secret).digest('hex');
    return { username, password, apiKey: id, signingKey, api };
  });
}

/** What the accounts hold together, in micros, and how many positions and open orders they have. */
export async function holdings(
  accounts: readonly RunAccount[],
): Promise<{ balance: bigint; positions: number; orders: number }> {
  const views = await mapWide(accounts, WIDTH, async ({ api }) =>
    accountAnswer.parse(await patiently(() => api.get('/account'))),
  );
  return {
    balance: views.reduce((sum, { balance }) => sum + micros(balance), 0n),
    positions: views.reduce((sum, { positions }) => sum + positions.length, 0),
    orders: views.reduce((sum, { orders }) => sum + orders.length, 0),
  };
}
