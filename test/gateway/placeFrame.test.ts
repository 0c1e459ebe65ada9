import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import type { MarketState } from '../../src/gateway/market-data/marketState.ts';
import { encodePlace } from '../../src/gateway/orders/encode.ts';
import { PlaceFrames } from '../../src/gateway/orders/placeFrame.ts';
import { parseRequest } from '../../src/protocol/requests.ts';

const market = (slug: string, index: number, outcomes: string[], bookOn: boolean) =>
  ({
    market: index,
    slug,
    outcomes,
    bookOn,
    outcomeIndex: (name: string) => outcomes.indexOf(name),
  }) as unknown as MarketState;
const MARKETS = [
  market('rain', 0, ['YES', 'NO'], true),
  market('snow', 1, ['YES', 'NO'], false),
  market('cup', 2, ['Ann', 'Bo "the" B', 'Zoë'], true),
  // These two have the same hash.
  market('aa', 3, ['YES', 'NO'], true),
  market('b', 4, ['up', 'down'], true),
];
const find = (slug: string) => MARKETS.find((one) => one.slug === slug);
const ACCOUNT = 7;
const CONNECTION = 5;

/** The texts of members as they may stand in a frame: the first of each is the usual one. */
const MEMBERS: Record<string, string[]> = {
  id: ['1', '0', '999999999999999', '9007199254740993', '01', '-1', '1.5', '1e3', '"1"', 'null', ''],
  op: ['"place"', '"cancel"', '"plac\\u0065"', '1'],
  market: ['"rain"', '"snow"', '"cup"', '"aa"', '"b"', '"none"', '"Rain"', `"${'r'.repeat(65)}"`, '""', '7'],
  side: ['"buy"', '"sell"', '"BUY"', 'true'],
  outcome: ['"YES"', '"NO"', '"Ann"', '"Bo \\"the\\" B"', '"Zoë"', '"up"', '""', 'null'],
  type: ['"limit"', '"market"', '"stop"'],
  size: [
    '"1"',
    '"2.5"',
    '"0.01"',
    '"0.001"',
    '"0"',
    '"-1"',
    '"1."',
    '".5"',
    '"10000000"',
    '"10000000.01"',
    '"99999999999"',
    '1',
  ],
  price: ['"0.5"', '"0.5500"', '"0.0001"', '"0.9999"', '"1"', '"0"', '"00.5"', '"0.55555"', '"0.5e0"', '"+0.5"', '0.5'],
  tif: ['"GTC"', '"IOC"', '"FOK"', '"GTD"', '"DAY"'],
  clientOrderId: ['"a.b:c_d-1"', `"${'x'.repeat(36)}"`, `"${'x'.repeat(37)}"`, '""', '"a b"', '"é"'],
  postOnly: ['true', 'false', '"true"', '1'],
  reduceOnly: ['true', 'false', 'null'],
  deadline: ['5'],
  more: ['1'],
};
const OPTIONAL = ['outcome', 'type', 'tif', 'clientOrderId', 'postOnly', 'reduceOnly'];
const RARE = ['deadline', 'more'];

const value = (name: string) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(MEMBERS[name]?.[0] as string) },
    { weight: 1, arbitrary: fc.constantFrom(...(MEMBERS[name] as string[])) },
  );
/** There, or not, in so many of a hundred frames. */
const member = (name: string, percent: number) =>
  fc.oneof(
    { weight: percent, arbitrary: value(name).map((text) => `"${name}":${text}`) },
    { weight: 100 - percent, arbitrary: fc.constant('') },
  );
const members = fc.tuple(
  ...Object.keys(MEMBERS).map((name) => member(name, RARE.includes(name) ? 2 : OPTIONAL.includes(name) ? 50 : 98)),
);
const frame = fc
  .tuple(members, fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 60 }))
  .map(([parts, turn, damage]) => {
    const there = [...parts.slice(turn), ...parts.slice(0, turn)].filter((part) => part !== '');
    if (damage === 1) there.push(there[0] ?? '');
    const text = `{${there.join(damage === 2 ? ', ' : ',')}}`;
    return damage === 3 ? `${text} ` : damage === 4 ? text.slice(0, -1) : damage === 5 ? text.replace(':', '') : text;
  });

/** What the schema and the encoder make of a frame; undefined: it is not an order that reaches the engine. */
function slowly(text: string): { id: number; words: number[] } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const request = parseRequest(message);
  if (!('op' in request) || request.op !== 'place') return undefined;
  const buffer = new RecordBuffer(256);
  const at = encodePlace({ buffer }, find(request.market), ACCOUNT, request, CONNECTION);
  return typeof at === 'number' ? { id: request.id, words: [...buffer.i32.subarray(0, buffer.words)] } : undefined;
}

test('what is read from the bytes of a frame is what the schema and the encoder make of it', () => {
  const frames = new PlaceFrames(find);
  let read = 0;
  let plain = 0;
  fc.assert(
    fc.property(frame, (text) => {
      const buffer = new RecordBuffer(256);
      const at = frames.read(Buffer.from(text), buffer, ACCOUNT, CONNECTION);
      const slow = slowly(text);
      if (slow !== undefined) plain++;
      if (at < 0) {
        expect(buffer.words).toBe(0);
        return;
      }
      read++;
      expect({ id: frames.id, words: [...buffer.i32.subarray(0, buffer.words)] }).toEqual(slow);
      expect(frames.market).toBe(MARKETS[slow?.words[7] ?? -1]);
    }),
    { numRuns: 30_000, seed: 5 },
  );
  expect(read).toBeGreaterThan(5_000);
  // It leaves little of what is plain to the others.
  expect(read).toBeGreaterThan(plain * 0.7);
});

test('markets whose names hash alike are told apart', () => {
  const frames = new PlaceFrames(find);
  const read = (slug: string) => {
    const text = `{"id":1,"op":"place","market":"${slug}","side":"buy","outcome":"${slug === 'b' ? 'up' : 'YES'}","size":"1","price":"0.5"}`;
    expect(frames.read(Buffer.from(text), new RecordBuffer(256), 1, 0)).toBe(0);
    return frames.market?.slug;
  };
  expect(['aa', 'b', 'aa', 'rain', 'aa', 'b'].map(read)).toEqual(['aa', 'b', 'aa', 'rain', 'aa', 'b']);
});

test('every byte of a frame cut short or changed leaves no record that the schema would not make', () => {
  const frames = new PlaceFrames(find);
  const whole = Buffer.from(
    '{"id":12,"op":"place","market":"rain","side":"sell","size":"2.5","price":"0.55","clientOrderId":"a-1"}',
  );
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0, 32, 34, 44, 45, 46, 48, 57, 58, 92, 97, 125, 128, 255]) {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      const buffer = new RecordBuffer(256);
      if (frames.read(changed, buffer, ACCOUNT, CONNECTION) < 0) continue;
      expect([...buffer.i32.subarray(0, buffer.words)]).toEqual(slowly(changed.toString())?.words);
    }
    expect(frames.read(whole.subarray(0, at), new RecordBuffer(256), ACCOUNT, CONNECTION)).toBe(-1);
  }
});
