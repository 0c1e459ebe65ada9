import { createHmac } from 'node:crypto';
import { loginView } from '../../src/protocol/httpViews.ts';
import { type Connection, connect, type HttpClient, HttpError, http } from '../../src/sdk/index.ts';
import type { Exchange } from './exchange.ts';
import { mapWide } from './lanes.ts';
import { patiently } from './patience.ts';
import type { Progress } from './progress.ts';

/** Accounts made at once: each costs the server some 50 ms of a core for its password. */
const ACCOUNTS_WIDTH = 8;

const token = loginView.pick({ accessToken: true });

/** Logs in as the exchange's operator. */
export async function operatorOf(exchange: Exchange): Promise<HttpClient> {
  const api = http(exchange.url);
  const { accessToken } = token.parse(await api.post('/auth/login', exchange.operator));
  return api.as(accessToken);
}

/**
 * Registers each user, or logs in one who was there before, deposits money once, and opens a WebSocket.
 * Passwords follow from the operator's, so that a second run knows them and nobody else can guess them.
 */
export async function gatherPeople(
  exchange: Exchange,
  operator: HttpClient,
  users: readonly string[],
  { prefix, deposit, progress }: { prefix: string; deposit: string; progress: Progress },
): Promise<Map<string, Connection>> {
  const api = http(exchange.url);
  progress.begin('users', users.length);
  const entries = await mapWide(users, ACCOUNTS_WIDTH, async (user): Promise<[string, Connection]> => {
    const username = `${prefix}-${user}`;
    const password = createHmac('sha256', exchange.operator.password).update(`replay ${username}`).digest('base64url');
    const accessToken = await patiently(() => enter(api, username, password));
    const money = { amount: deposit, reference: `${username}-deposit` };
    await patiently(() => operator.post(`/accounts/${username}/deposits`, money));
    const connection = await connect({ url: exchange.url, token: accessToken });
    progress.tick();
    return [user, connection];
  });
  progress.end();
  return new Map(entries);
}

async function enter(api: HttpClient, username: string, password: string): Promise<string> {
  try {
    return token.parse(await api.post('/auth/register', { username, password })).accessToken;
  } catch (error) {
    if (!(error instanceof HttpError && error.status === 409)) throw error;
  }
  return token.parse(await api.post('/auth/login', { username, password })).accessToken;
}
