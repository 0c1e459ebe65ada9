import { http, openWebSocket } from '../src/sdk/index.ts';

/**
 * Two traders meet on a market of an exchange that runs: every frame sent (→) and received (←).
 * `npx tsx examples/session.ts http://127.0.0.1:9001 <market>`
 */
const [url = 'http://127.0.0.1:9001', market = 'rain-book'] = process.argv.slice(2);
const suffix = Date.now().toString(36);

async function trader(name: string): Promise<(fields: Record<string, unknown>) => Promise<void>> {
  const { accessToken } = await http(url).post<{ accessToken: string }>('/auth/register', {
    username: `${name}-${suffix}`,
    password: 'correct horse',
  });
  let id = 0;
  let answered: (() => void) | undefined;
  const socket = await openWebSocket(`${url.replace('http', 'ws')}/ws/v1`, {
    message: (text) => {
      process.stdout.write(`${name} ← ${text.replaceAll(accessToken, '…')}\n`);
      if (text.startsWith('{"id"')) answered?.();
    },
    closed: () => {},
  });
  return async (fields) => {
    const frame = JSON.stringify({ id: ++id, ...fields });
    process.stdout.write(`${name} → ${frame.replace(accessToken, '…')}\n`);
    const done = new Promise<void>((resolve) => {
      answered = resolve;
    });
    socket.send(fields.op === 'auth' ? JSON.stringify({ id, op: 'auth', token: accessToken }) : frame);
    await done;
  };
}

const ann = await trader('ann');
const bob = await trader('bob');
await ann({ op: 'auth', token: '…' });
await bob({ op: 'auth', token: '…' });
await ann({ op: 'subscribe', channels: [{ ch: 'book', market }, { ch: 'fills' }] });
await ann({
  op: 'place',
  market,
  side: 'buy',
  outcome: 'YES',
  type: 'limit',
  size: '10',
  price: '0.60',
  clientOrderId: 'a1',
});
await bob({ op: 'place', market, side: 'buy', outcome: 'NO', type: 'limit', size: '4', price: '0.40' });
await bob({ op: 'place', market, side: 'sell', outcome: 'NO', type: 'limit', size: '1', price: '0.455' });
await ann({
  op: 'place',
  market,
  side: 'buy',
  outcome: 'YES',
  type: 'limit',
  size: '10',
  price: '0.60',
  clientOrderId: 'a1',
});
await ann({ op: 'account' });
process.exit(0);
