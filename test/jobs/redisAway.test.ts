import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { openQueue } from '../../src/jobs/queues.ts';
import { redisServer, startTestRedis } from '../support/redis.ts';

/** A queue that is to be opened where no Redis takes it: one error says where and why. */

const redisProgram = redisServer();
if (redisProgram === null) console.warn('redis-server is not installed: a wrong password is not tested');

/** Rejects as a start does that finds nothing; what else is said on the way is counted. */
async function refusal(url: string): Promise<string> {
  const troubles: Error[] = [];
  const nothing = () => {};
  const error = await openQueue(
    { redisUrl: url },
    {
      ...{ name: 'markets', concurrency: 1, attempts: 1, backoffMs: 1 },
      ...{ run: async () => {}, onRetry: nothing, onFailed: nothing },
      onTrouble: (trouble) => troubles.push(trouble),
    },
  ).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(troubles).toEqual([]);
  return (error as ConfigError).message;
}

/** What answers to everything with `text`, or with nothing; `use` gets its host and port. */
async function withServer(text: string | undefined, use: (host: string) => Promise<void>): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    if (text !== undefined) socket.on('data', () => socket.write(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await use(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const socket of sockets) socket.destroy();
  server.close();
}

const LIMIT = { timeout: 30_000 };

test.concurrent('where nobody listens', LIMIT, async () => {
  expect(await refusal('redis://me:hidden@127.0.0.1:1/0?password=hidden')).toBe(
    'REDIS_URL: no Redis could be used at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
  );
});

test.concurrent('where a server of another kind listens', LIMIT, () =>
  withServer('HTTP/1.1 400 Bad Request\r\n\r\n', async (host) => {
    expect(await refusal(`redis://me:hidden@${host}`)).toMatch(
      new RegExp(`^REDIS_URL: no Redis could be used at redis://${host}: ((?!hidden|\\n).)+$`),
    );
  }),
);

test.concurrent('where nothing is answered: so long does the start wait, and no longer', LIMIT, () =>
  withServer(undefined, async (host) => {
    expect(await refusal(`redis://${host}`)).toBe(
      `REDIS_URL: no Redis could be used at redis://${host}: no answer within 5 s`,
    );
  }),
);

test.skipIf(redisProgram === null).concurrent('where the password is another', LIMIT, async () => {
  const redis = await startTestRedis(redisProgram ?? '', 'right');
  const { host } = new URL(redis.url);
  expect(await refusal(`redis://:hidden@${host}`)).toBe(
    `REDIS_URL: no Redis could be used at redis://${host}: WRONGPASS invalid username-password pair or user is disabled.`,
  );
  await redis.stop();
});
