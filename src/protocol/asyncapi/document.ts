import * as z from 'zod';
import { answers, failure, fill, orderView, position, quoteGroupState, quoteState, wireError } from '../answers.ts';
import { CLOSE } from '../errors.ts';
import { type JsonSchema, type JsonValue, type Named, Schemas } from '../jsonSchemas.ts';
import { channelRequest, protection, quoteEntry, type Request, request } from '../requests.ts';
import { streams } from '../streams.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import * as wire from '../wire.ts';
import { CHANNELS, STREAMS, type StreamName } from './channels.ts';
import { EXCHANGES, FAILURE } from './exampleExchanges.ts';
import { MESSAGES } from './exampleMessages.ts';
import { EVERY_REQUEST, OPERATIONS } from './operations.ts';

type Reference = { $ref: string };
export type MessageObject = {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  payload: JsonSchema;
  correlationId?: { location: string };
  examples: readonly { name: string; payload: JsonValue }[];
};
export type OperationObject = {
  /** What the server does: it receives requests and sends streams. */
  action: 'receive' | 'send';
  channel: Reference;
  title: string;
  summary: string;
  description?: string;
  tags: readonly { name: string }[];
  security?: readonly Reference[];
  messages: readonly Reference[];
  reply?: { channel: Reference; messages: readonly Reference[] };
  /** What a subscription to the channel may say. */
  'x-subscription'?: readonly string[];
};
export type AsyncApiDocument = {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string };
  defaultContentType: string;
  servers: Readonly<Record<string, JsonValue>>;
  channels: { exchange: { address: string; messages: Readonly<Record<string, Reference>> } & JsonSchema };
  operations: Readonly<Record<string, OperationObject>>;
  components: {
    messages: Readonly<Record<string, MessageObject>>;
    schemas: Readonly<Record<string, JsonSchema>>;
    securitySchemes: Readonly<Record<string, JsonValue>>;
  };
};

/** The same in both directions. */
const TYPES: Named = {
  Price: wire.price,
  Size: wire.size,
  Money: wire.money,
  MarketId: wire.marketId,
  OutcomeName: wire.outcomeName,
  OrderId: wire.orderId,
  ClientOrderId: wire.clientOrderId,
  QuoteGroupName: wire.quoteGroupName,
  Time: wire.time,
  Seq: wire.seq,
};
const SENT: Named = { ...TYPES, QuoteEntry: quoteEntry };
const ANSWERED: Named = {
  ...TYPES,
  Error: wireError,
  Order: orderView,
  Fill: fill,
  Position: position,
  Quote: quoteState,
  QuoteGroup: quoteGroupState,
  Protection: protection,
  Subscription: channelRequest,
};

const SECURITY = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token, with the upgrade request.',
  },
  cookie: { type: 'httpApiKey', in: 'cookie', name: 'brier_access', description: 'An access token of a browser.' },
  token: { type: 'apiKey', in: 'password', description: 'An access token, in the request `auth`.' },
  apiKey: { type: 'apiKey', in: 'user', description: 'An API key and a signed timestamp, in the request `auth`.' },
} as const;

/** A JSON pointer escapes `/` and `~`, which no name here has. */
const ref = (...path: string[]): Reference => ({ $ref: `#/${path.join('/')}` });
const CHANNEL = ref('channels', 'exchange');
const messageOf = (name: string): Reference => ref('channels', 'exchange', 'messages', name);
const LOGIN = Object.keys(SECURITY).map((name) => ref('components', 'securitySchemes', name));
const CORRELATION = { location: '$message.payload#/id' };
const JSON_TYPE = 'application/json';

/** The WebSocket as an AsyncAPI 3.0 document: every request with its answers, and every stream message. */
export function asyncApiDocument(): AsyncApiDocument {
  const sent = new Schemas('input', SENT, 'draft-7');
  const answered = new Schemas('output', ANSWERED, 'draft-7');
  const messages: Record<string, MessageObject> = {};
  const operations: Record<string, OperationObject> = {};
  for (const option of request.options) {
    const [op] = option.shape.op.def.values;
    if (op === undefined) throw new Error('an operation has no name');
    const { summary, description, login } = OPERATIONS[op];
    messages[`request.${op}`] = requestMessage(op, sent.of(option));
    messages[`answer.${op}`] = {
      name: `answer.${op}`,
      title: `Answer of ${op}`,
      summary: `What ${op} answers when it succeeds.`,
      contentType: JSON_TYPE,
      payload: answered.of(answers[op]),
      correlationId: CORRELATION,
      examples: [{ name: op, payload: EXCHANGES[op].answer }],
    };
    operations[op] = {
      action: 'receive',
      channel: CHANNEL,
      title: op,
      summary,
      ...(description !== undefined && { description }),
      tags: [{ name: 'requests' }],
      ...(login && { security: LOGIN }),
      messages: [messageOf(`request.${op}`)],
      reply: { channel: CHANNEL, messages: [messageOf(`answer.${op}`), messageOf('failure')] },
    };
  }
  messages.failure = {
    name: 'failure',
    title: 'Refusal',
    summary: 'What every request answers that is refused. Its id is null where the request had none.',
    contentType: JSON_TYPE,
    payload: answered.of(failure),
    correlationId: CORRELATION,
    examples: [{ name: 'failure', payload: FAILURE }],
  };
  for (const name of Object.keys(streams) as StreamName[]) messages[`stream.${name}`] = streamMessage(name, answered);
  for (const [channel, { summary, login, takes }] of Object.entries(CHANNELS)) {
    operations[`stream.${channel}`] = {
      action: 'send',
      channel: CHANNEL,
      title: channel,
      summary,
      tags: [{ name: 'streams' }],
      ...(login && { security: LOGIN }),
      messages: streamsOf(channel).map((name) => messageOf(`stream.${name}`)),
      'x-subscription': takes,
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Brier',
      version: PROTOCOL_VERSION,
      description:
        'The WebSocket of a prediction-market exchange: one JSON object a text frame. Clients ignore fields, channels and operations that they do not know.',
    },
    defaultContentType: JSON_TYPE,
    servers: {
      plain: server('ws', 'On a trusted network.'),
      secure: server('wss', 'Behind whatever ends TLS.'),
    },
    channels: { exchange: exchangeChannel(Object.keys(messages)) },
    operations,
    components: { messages, schemas: { ...answered.components, ...sent.components }, securitySchemes: SECURITY },
  };
}

function requestMessage(op: Request['op'], schema: JsonSchema): MessageObject {
  return {
    name: `request.${op}`,
    title: op,
    summary: OPERATIONS[op].summary,
    contentType: JSON_TYPE,
    payload: described(schema, { ...EVERY_REQUEST, ...OPERATIONS[op].fields }),
    correlationId: CORRELATION,
    examples: [{ name: op, payload: EXCHANGES[op].request }],
  };
}

function streamMessage(name: StreamName, schemas: Schemas): MessageObject {
  return {
    name: `stream.${name}`,
    title: name,
    summary: STREAMS[name] ?? '',
    contentType: JSON_TYPE,
    payload: schemas.of(streams[name]),
    examples: [{ name, payload: MESSAGES[name] ?? {} }],
  };
}

/** The messages of a channel; heartbeat and caught-up are of every one that is subscribed to. */
function streamsOf(channel: string): StreamName[] {
  return (Object.keys(streams) as StreamName[]).filter((name) => {
    const { ch } = streams[name].shape;
    return ch instanceof z.ZodLiteral ? ch.value === channel : channel !== 'server';
  });
}

/** With what the fields mean. A draft 7 reference has no neighbours, so it goes into an `allOf`. */
function described(schema: JsonSchema, fields: Readonly<Record<string, string>>): JsonSchema {
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, field]) => {
    const description = fields[name];
    if (description === undefined) return [name, field];
    return [name, field.$ref === undefined ? { ...field, description } : { allOf: [field], description }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

const server = (protocol: string, description: string): JsonValue => ({
  host: '{host}',
  protocol,
  description,
  variables: { host: { default: 'localhost:9001', description: 'Where the exchange listens.' } },
});

const exchangeChannel = (messages: readonly string[]) => ({
  address: '/ws/v1',
  title: 'The WebSocket',
  description: 'GET with an upgrade. No sub-protocol, no compression, text frames of at most 16 KiB.',
  messages: Object.fromEntries(messages.map((name) => [name, ref('components', 'messages', name)])),
  bindings: {
    ws: {
      method: 'GET',
      headers: {
        type: 'object',
        properties: {
          Authorization: { type: 'string', description: 'Bearer and an access token; logs in at once.' },
          Origin: { type: 'string', description: 'Of browsers: the server’s own, or one that it allows.' },
        },
      },
      bindingVersion: '0.1.0',
    },
  },
  'x-close-codes': Object.fromEntries(Object.entries(CLOSE).map(([name, code]) => [code, name])),
});
