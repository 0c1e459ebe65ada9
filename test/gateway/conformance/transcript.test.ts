import { describe, expect, test } from 'vitest';
import { answers, failure } from '../../../src/protocol/answers.ts';
import { ERROR_CODES } from '../../../src/protocol/errors.ts';
import { PRIVATE_CHANNELS, PUBLIC_CHANNELS, request } from '../../../src/protocol/requests.ts';
import { type Message, TestGateway } from '../support/gateway.ts';
import { schemaOf } from '../support/mirror.ts';
import { CHANNELS } from './channelScript.ts';
import { CONNECTION } from './connectionScript.ts';
import { ORDERS } from './orderScript.ts';
import type { Wire } from './peer.ts';
import { QUOTES } from './quoteScript.ts';
import { REQUESTS } from './requestScript.ts';
import type { Step } from './steps.ts';
import { SOCKET_IO_WIRES, WEBSOCKET } from './wires.ts';

const SCRIPTS = { requests: REQUESTS, orders: ORDERS, quotes: QUOTES, channels: CHANNELS, connections: CONNECTION };
type Script = keyof typeof SCRIPTS;

/** Ids of what is asked to hear when everything before has come. */
const BARRIERS = 100_000;

/** What each step’s request and answer were, and all that was heard, in its order. */
type Transcript = { log: Message[]; answered: { ask: unknown; answer: Message }[] };

/** Each step is begun when all of the one before has come. It ends with a logout. */
async function play(wire: Wire, script: readonly Step[]): Promise<Transcript> {
  const gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  await gateway.createMarket('snow', { type: 'lmsr' });
  await gateway.createMarket('cup', { outcomes: ['A', 'B', 'C'] });
  const other = await wire.open(gateway, { token: '2' });
  const peer = await wire.open(gateway);
  const answered: Transcript['answered'] = [];
  for (const [i, step] of script.entries()) {
    if ('meanwhile' in step) await step.meanwhile({ gateway, peer, other });
    else {
      const ask = numbered(step.ask, i);
      const answer = await peer.ask(ask);
      step.check(answer);
      answered.push({ ask, answer });
    }
    // The engine answers it after whatever it was asked before.
    await peer.ask({ id: BARRIERS + i, op: 'account' });
  }
  const ask = { id: 0, op: 'logout' };
  answered.push({ ask, answer: await peer.ok(ask) });
  expect(await peer.ended).toMatchObject({ code: 1000 });
  other.close();
  await other.ended;
  expect(gateway.errors).toEqual([]);
  await gateway.stop();
  return { log: peer.log.map(measured), answered };
}

const numbered = (ask: unknown, id: number): unknown =>
  typeof ask === 'object' && ask !== null && !Array.isArray(ask) && 'op' in ask ? { id, ...ask } : ask;

/** Which stages an answer was measured at: their times are another run’s. They follow one another. */
function measured(message: Message): Message {
  if (message.timing === undefined) return message;
  const { receivedAt, ...after } = message.timing;
  expect(receivedAt).toBeGreaterThan(0);
  const stages = Object.values(after);
  expect(stages).toEqual([...stages].sort((a, b) => Number(a) - Number(b)));
  return { ...message, timing: Object.keys(message.timing) };
}

const overWebSocket = new Map<Script, Promise<Transcript>>();
const expected = (script: Script): Promise<Transcript> => {
  const played = overWebSocket.get(script) ?? play(WEBSOCKET, SCRIPTS[script]);
  overWebSocket.set(script, played);
  return played;
};

describe.each(Object.keys(SCRIPTS) as Script[])('the script of %s', (script) => {
  test('has the answers that are due, all of them and all messages of the published shape', async () => {
    const { log, answered } = await expected(script);
    for (const message of log) if (message.ch !== undefined) published(schemaOf(message), message);
    for (const { ask, answer } of answered) {
      published(answer.ok ? answers[(ask as { op: keyof typeof answers }).op] : failure, answer);
    }
  });

  test.each(SOCKET_IO_WIRES)('has over $name the same, in the same order', async (wire) => {
    expect((await play(wire, SCRIPTS[script])).log).toEqual((await expected(script)).log);
  });
});

/** It says what the schema says, and nothing else. */
const published = (schema: { parse(message: unknown): unknown }, message: Message): void =>
  expect(schema.parse(message), JSON.stringify(message)).toStrictEqual(message);

describe('together the scripts', () => {
  const all = async () => (await Promise.all((Object.keys(SCRIPTS) as Script[]).map(expected))).flat();

  test('have every operation, done and refused', async () => {
    const played = (await all()).flatMap(({ answered }) => answered);
    const ops = request.options.map(({ shape }) => shape.op.value);
    for (const done of [true, false]) {
      const seen = played.filter(({ answer }) => answer.ok === done).map(({ ask }) => Object(ask).op);
      expect(ops.filter((op) => !seen.includes(op))).toEqual([]);
    }
  });

  test('have every error but those of a server in trouble (trouble.test.ts), and of limits reached by numbers', async () => {
    const seen = new Set(JSON.stringify((await all()).map(({ log }) => log)).match(/(?<="code":")\w+/g));
    const elsewhere = ['RATE_LIMITED', 'OVERLOADED', 'STATUS_UNKNOWN', 'INTERNAL'];
    expect(ERROR_CODES.filter((code) => !seen.has(code))).toEqual(elsewhere);
  });

  test('have every channel, but candles, with every kind of message that it has', async () => {
    const heard = (await all()).flatMap(({ log }) => log).filter(({ ch }) => ch !== undefined);
    const kinds = new Set(heard.map(({ ch, type = '' }) => `${ch} ${type}`.trim()));
    const channels = [...PUBLIC_CHANNELS, ...PRIVATE_CHANNELS].filter((ch) => ch !== 'candles');
    const deltas = new Set(['book', 'book.l3']);
    const due = channels.flatMap((ch) => [`${ch} snapshot`, deltas.has(ch) ? `${ch} delta` : ch, `${ch} caught-up`]);
    expect([...kinds].sort()).toEqual([...due, 'orders self-trade', 'quotes protection'].sort());
  });
});
