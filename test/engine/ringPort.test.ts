import { expect, it } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { type Batch, EngineLoop } from '../../src/engines/loop/engineLoop.ts';
import { Ring } from '../../src/engines/loop/ring.ts';
import { ACCOUNT } from '../../src/engines/records/buffer.ts';
import { AMOUNT, COMMAND } from '../../src/engines/records/commands.ts';
import type { State } from '../../src/engines/state.ts';
import { RingPort } from '../../src/gateway/engine-port/ringPort.ts';

const WORDS = 1 << 12;

/** A port, a loop and an engine on one thread, over a journal that commits when the test says so. */
function exchange(answerTimeoutMs?: number) {
  const input = new Ring(Ring.memory(WORDS));
  const output = new Ring(Ring.memory(WORDS));
  const commits: { batch: Batch; confirm: () => void }[] = [];
  const fatal: unknown[] = [];
  const engine = new Engine();
  const loop = new EngineLoop({
    engine,
    journal: { append: (batch) => new Promise((confirm) => commits.push({ batch, confirm })) },
    input,
    output,
    now: () => 1_000,
    onCommitted: () => {},
    onFatal: (error) => {
      fatal.push(error);
    },
  });
  const port = new RingPort(input, output, 0, 0, answerTimeoutMs === undefined ? {} : { answerTimeoutMs });
  loop.start();
  const open = (account: number) => {
    const at = port.buffer.begin(COMMAND.OPEN_ACCOUNT, AMOUNT + 2);
    port.buffer.i32[at + ACCOUNT] = account;
    return port.request(at);
  };
  return { port, loop, engine, commits, open, fatal };
}

const turns = async (until: () => boolean): Promise<void> => {
  while (!until()) await new Promise((resolve) => setImmediate(resolve));
};

it('answers nothing before its commit is confirmed, and in the order of sending', async () => {
  const { loop, commits, open } = exchange();
  const answered: number[] = [];
  const replies = [1, 2, 3].map((account) =>
    open(account).then((reply) => {
      answered.push(reply.seq);
      return reply.code;
    }),
  );
  await turns(() => commits.length === 1);
  expect(commits[0]?.batch).toMatchObject({ firstSeq: 1, lastSeq: 3, commandCount: 3 });
  expect(answered).toEqual([]);
  commits[0]?.confirm();
  expect(await Promise.all(replies)).toEqual([undefined, undefined, undefined]);
  expect(answered).toEqual([1, 2, 3]);
  await loop.stop();
});

it('applies the next batch while one commits, and lets it out after', async () => {
  const { loop, commits, open, engine } = exchange();
  const first = open(1);
  await turns(() => commits.length === 1);
  let secondAnswered = false;
  const second = open(2).then(() => {
    secondAnswered = true;
  });
  await turns(() => engine.seq === 2);
  expect(commits).toHaveLength(1);
  commits[0]?.confirm();
  await first;
  await turns(() => commits.length === 2);
  expect(secondAnswered).toBe(false);
  commits[1]?.confirm();
  await second;
  await loop.stop();
});

it('says that it does not know when a commit does not come, and goes on when it does', async () => {
  const { loop, commits, open, port } = exchange(50);
  expect((await open(1)).code).toBe('STATUS_UNKNOWN');
  commits[0]?.confirm();
  await turns(() => port.outstanding === 0);
  const second = open(2);
  await turns(() => commits.length === 2);
  commits[1]?.confirm();
  expect((await second).seq).toBe(2);
  await loop.stop();
});

it('carries thousands of commands through small rings, wrapping around', async () => {
  const { loop, commits, open, port } = exchange();
  const replies: ReturnType<typeof open>[] = [];
  let done = 0;
  let sent = 0;
  const confirmAll = setInterval(() => {
    for (const { confirm } of commits.splice(0)) confirm();
  }, 0);
  while (done < 3_000) {
    while (sent < 3_000 && sent - done < 100) {
      const account = ++sent;
      replies.push(open(account).finally(() => done++));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  clearInterval(confirmAll);
  expect((await Promise.all(replies)).map(({ seq }) => seq)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  expect(port.seq).toBe(3_000);
  await loop.stop();
});

it('refuses what does not fit, and changes nothing', async () => {
  const { loop, commits, open, port } = exchange();
  const replies = Array.from({ length: 1_000 }, (_, i) => open(i + 1));
  const overloaded = async () => (await Promise.all(replies)).filter((reply) => reply.code === 'OVERLOADED').length;
  const confirmAll = setInterval(() => {
    for (const { confirm } of commits.splice(0)) confirm();
  }, 0);
  const refused = await overloaded();
  clearInterval(confirmAll);
  expect(refused).toBeGreaterThan(0);
  expect(port.seq).toBe(1_000 - refused);
  await loop.stop();
});

it('stops before books that do not balance are made durable', async () => {
  const { open, commits, engine, fatal } = exchange();
  const { accounts } = Reflect.get(engine, 'state') as State;
  accounts.pay(0, 1);
  void open(1);
  await turns(() => fatal.length > 0);
  expect(String(fatal[0])).toContain('money is conserved');
  expect(commits).toEqual([]);
});
