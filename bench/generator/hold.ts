import { openAll } from './connection.ts';
import type { Hold, HoldResult } from './tasks.ts';

/** Opens the sockets and keeps them, silent but for pongs, until it is told that it is enough. */
export async function hold(task: Hold, mark: (type: 'begin') => void, enough: Promise<void>): Promise<HoldResult> {
  const connections = await openAll(task.target.url, task.target.tokens);
  let lost = 0;
  for (const connection of connections) {
    connection.onLost = () => {
      lost++;
    };
  }
  mark('begin');
  await enough;
  for (const connection of connections) connection.end();
  return { pings: connections.reduce((sum, { pings }) => sum + pings, 0), lost };
}
