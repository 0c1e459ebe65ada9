import schema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { answers, failure } from '../../src/protocol/answers.ts';
import { CHANNELS, STREAMS, UNASKED } from '../../src/protocol/asyncapi/channels.ts';
import { asyncApiDocument } from '../../src/protocol/asyncapi/document.ts';
import { EXCHANGES, FAILURE } from '../../src/protocol/asyncapi/exampleExchanges.ts';
import { MESSAGES } from '../../src/protocol/asyncapi/exampleMessages.ts';
import { EVERY_REQUEST, OPERATIONS } from '../../src/protocol/asyncapi/operations.ts';
import { CLOSE, ERROR_CODES } from '../../src/protocol/errors.ts';
import { channelName, channelRequest, request } from '../../src/protocol/requests.ts';
import { streams } from '../../src/protocol/streams.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/version.ts';

const document = asyncApiDocument();
const json = JSON.parse(JSON.stringify(document));
const ops = request.options.flatMap((option) => option.shape.op.def.values);

/** A validator that also knows the document’s own references. */
function validator(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default.default(ajv);
  return ajv;
}

test('is an AsyncAPI 3.0 document by the official schema', () => {
  const validate = validator().compile(schema);
  validate(json);
  expect(validate.errors ?? []).toEqual([]);
  // The schema does refuse something.
  expect(validate({ ...json, operations: { place: { action: 'shout' } } })).toBe(false);
});

test('says which version of the protocol it is of', () => {
  expect(json.info.version).toBe(PROTOCOL_VERSION);
  expect(json.channels.exchange).toMatchObject({ address: '/ws/v1', bindings: { ws: { method: 'GET' } } });
  expect(json.channels.exchange['x-close-codes']).toEqual(
    Object.fromEntries(Object.entries(CLOSE).map(([name, code]) => [code, name])),
  );
  expect(json.components.schemas.Error.properties.code.enum).toEqual(ERROR_CODES);
});

test.each(ops)('%s is received, with its answer and the refusal', (op) => {
  expect(json.operations[op]).toMatchObject({
    action: 'receive',
    messages: [{ $ref: `#/channels/exchange/messages/request.${op}` }],
    reply: {
      messages: [
        { $ref: `#/channels/exchange/messages/answer.${op}` },
        { $ref: '#/channels/exchange/messages/failure' },
      ],
    },
  });
  const { payload } = json.components.messages[`request.${op}`];
  expect(payload.properties.op.const).toBe(op);
  // An unknown field is refused; in what the server sends it is to be ignored.
  expect(payload.additionalProperties).toBe(false);
  expect(json.components.messages[`answer.${op}`].payload).not.toHaveProperty('additionalProperties');
});

test('no operation is described that there is not, and no field', () => {
  expect(Object.keys(OPERATIONS).sort()).toEqual([...ops].sort());
  for (const option of request.options) {
    const [op] = option.shape.op.def.values;
    const described = Object.keys({ ...EVERY_REQUEST, ...(op && OPERATIONS[op].fields) });
    expect(Object.keys(option.shape), op).toEqual(expect.arrayContaining(described));
  }
});

test('every channel and every stream message is sent', () => {
  expect(Object.keys(CHANNELS).sort()).toEqual([...channelName.options, UNASKED].sort());
  expect(Object.keys(STREAMS).sort()).toEqual(Object.keys(streams).sort());
  const sent = new Set<string>();
  for (const channel of Object.keys(CHANNELS)) {
    const { action, messages, 'x-subscription': takes } = json.operations[`stream.${channel}`];
    expect(action).toBe('send');
    expect(messages.length, channel).toBeGreaterThan(0);
    expect([...Object.keys(channelRequest.shape), 'ch']).toEqual(expect.arrayContaining(takes));
    for (const { $ref } of messages) sent.add($ref.replace('#/channels/exchange/messages/stream.', ''));
  }
  expect([...sent].sort()).toEqual(Object.keys(streams).sort());
});

test('every reference leads somewhere, and every named schema is used', () => {
  const used = new Set<string>();
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== '$ref') walk(inner);
      else {
        const path = String(inner).replace('#/', '').split('/');
        const found = path.reduce<Record<string, unknown>>((at, step) => at?.[step] as Record<string, unknown>, json);
        expect(found, String(inner)).toBeDefined();
        used.add(String(inner));
      }
    }
  };
  walk(json);
  for (const name of Object.keys(json.components.schemas)) expect(used).toContain(`#/components/schemas/${name}`);
  for (const name of Object.keys(json.components.messages)) expect(used).toContain(`#/components/messages/${name}`);
});

describe('examples are of the schemas, as zod and as the document have them', () => {
  const ajv = validator();
  ajv.addSchema(json, 'document');
  const cases: [name: string, type: z.ZodType, payload: unknown][] = [
    ...request.options.flatMap((option) =>
      option.shape.op.def.values.flatMap((op): [string, z.ZodType, unknown][] => [
        [`request.${op}`, option, EXCHANGES[op].request],
        [`answer.${op}`, answers[op], EXCHANGES[op].answer],
      ]),
    ),
    ['failure', failure, FAILURE],
    ...Object.entries(streams).map(([name, type]): [string, z.ZodType, unknown] => [
      `stream.${name}`,
      type,
      MESSAGES[name],
    ]),
  ];
  test.each(cases)('%s', (name, type, payload) => {
    expect(type.safeParse(payload)).toMatchObject({ success: true });
    expect(z.strictObject((type as z.ZodObject).shape).safeParse(payload), 'no unknown field').toMatchObject({
      success: true,
    });
    const { examples } = json.components.messages[name];
    expect(examples.map((example: { payload: unknown }) => example.payload)).toEqual([payload]);
    const validate = ajv.getSchema(`document#/components/messages/${name}/payload`);
    if (validate === undefined) throw new Error(`there is no payload of ${name}`);
    validate(payload);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...(payload as object), id: 'x', ch: 1, op: 2 }), 'something is refused').toBe(false);
  });
});
