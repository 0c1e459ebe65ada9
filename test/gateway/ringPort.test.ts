import { expect, test } from 'vitest';
import { Ring } from '../../src/engines/loop/ring.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { RingPort } from '../../src/gateway/engine-port/ringPort.ts';
import { begin, writeDone, writeLevel } from './support/records.ts';

const WORDS = 1 << 12;

/** A port whose engine is the test: what it puts into the output ring is what the engine says. */
function ports(answerTimeoutMs?: number) {
  const input = new Ring(Ring.memory(WORDS));
  const output = new Ring(Ring.memory(WORDS));
  const port = new RingPort(input, output, 0, 0, answerTimeoutMs === undefined ? {} : { answerTimeoutMs });
  const groups: [command: number, events: number][] = [];
  port.onGroup = ({ i32 }, from, doneAt) => {
    let events = 0;
    for (let at = from; at <= doneAt; at += i32[at] as number) events++;
    groups.push([i32[doneAt + E.DONE_COMMAND] as number, events]);
  };
  const say = (write: (events: R.RecordBuffer) => void) => {
    const events = new R.RecordBuffer();
    write(events);
    expect(output.putSome(events.i32, 0, events.words)).toBe(events.words);
  };
  return { port, say, groups };
}
const level = (events: R.RecordBuffer, seq: number) =>
  writeLevel(events, { outcome: 0, side: 0, price: 1, lots: 0 }, seq);

test('what expires is told although nobody asked, also when the port rests', async () => {
  const { port, say, groups } = ports();
  say((events) => {
    level(events, 1);
    writeDone(events, COMMAND.EXPIRE_ORDERS, 1);
  });
  expect(groups).toEqual([[COMMAND.EXPIRE_ORDERS, 2]]);
  expect(port.seq).toBe(1);

  const reply = port.request(port.buffer.begin(COMMAND.CANCEL_ALL, R.BODY));
  say((events) => {
    level(events, 2);
    writeDone(events, COMMAND.EXPIRE_ORDERS, 2);
    writeDone(events, COMMAND.CANCEL_ALL, 3);
  });
  expect(await reply).toMatchObject({ seq: 3, code: undefined });
  expect(groups.slice(1)).toEqual([
    [COMMAND.EXPIRE_ORDERS, 2],
    [COMMAND.CANCEL_ALL, 1],
  ]);
  expect(port.outstanding).toBe(0);
  say((events) => {
    writeDone(events, COMMAND.EXPIRE_ORDERS, 4);
  });
  expect(port.seq).toBe(4);
});

test('a batch is one group with one answer, however many of its items have ended', async () => {
  const { port, say, groups } = ports();
  const first = port.request(port.buffer.begin(COMMAND.BATCH, R.BODY));
  const second = port.request(port.buffer.begin(COMMAND.CANCEL_ALL, R.BODY));
  say((events) => {
    for (const index of [0, 1, 2]) {
      level(events, 7);
      const item = writeDone(events, COMMAND.PLACE, 7);
      events.i32[item + E.DONE_FLAGS] = E.ITEM | E.DUPLICATE;
      events.i32[item + E.DONE_COUNT] = index;
    }
    writeDone(events, COMMAND.BATCH, 7);
    writeDone(events, COMMAND.CANCEL_ALL, 8);
  });
  expect(await first).toMatchObject({ seq: 7, flags: 0 });
  expect((await second).seq).toBe(8);
  expect(groups).toEqual([
    [COMMAND.BATCH, 7],
    [COMMAND.CANCEL_ALL, 1],
  ]);
});

test('limits without a name of their own are told by the code of the refusal', async () => {
  const { port, say } = ports();
  const refused = async (code: Parameters<typeof E.codeNumber>[0], value: number) => {
    const reply = port.request(port.buffer.begin(COMMAND.PLACE, R.BODY));
    say((events) => {
      const at = begin(events, E.EVENT.DONE, E.DONE_WORDS, 1);
      events.i32[at + R.CODE] = E.codeNumber(code);
      events.i32[at + E.DONE_COMMAND] = COMMAND.PLACE;
      events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value;
    });
    return (await reply).limit;
  };
  expect(await refused('PRICE_OUT_OF_RANGE', 5_500)).toEqual({ name: 'collar', value: 5_500 });
  expect(await refused('PRICE_OUT_OF_RANGE', 0)).toBeUndefined();
  expect(await refused('REDUCE_ONLY_WOULD_INCREASE', 0)).toEqual({ name: 'freeShares', value: 0 });
  expect(await refused('SIZE_INVALID', 7)).toBeUndefined();
});

test('an answer that comes after all is taken by who still wants it', async () => {
  const { port, say } = ports(20);
  const told: [who: string, code: number, count: number][] = [];
  const taker = (who: string, resolve: () => void) => ({
    done({ i32 }: R.RecordBuffer, _from: number, doneAt: number) {
      told.push([who, i32[doneAt + R.CODE] as number, i32[doneAt + E.DONE_COUNT] as number]);
      resolve();
    },
  });
  const send = (late: boolean) =>
    new Promise<void>((resolve) => {
      const at = port.buffer.begin(COMMAND.CONNECTION, R.BODY);
      port.send(at, { ...taker('asker', resolve), ...(late && { late: taker('late', () => {}) }) });
    });
  const unknown = E.codeNumber('STATUS_UNKNOWN');
  await Promise.all([send(true), send(false)]);
  expect(told.splice(0)).toEqual([
    ['asker', unknown, 0],
    ['asker', unknown, 0],
  ]);
  say((events) => {
    for (const count of [5, 6]) events.i32[writeDone(events, COMMAND.CONNECTION, count) + E.DONE_COUNT] = count;
  });
  expect(told).toEqual([['late', 0, 5]]);
});
