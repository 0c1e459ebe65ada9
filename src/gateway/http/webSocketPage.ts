import type { AsyncApiDocument, MessageObject, OperationObject } from '../../protocol/asyncapi/document.ts';
import type { JsonSchema, JsonValue } from '../../protocol/jsonSchemas.ts';
import { API_BASE } from './router.ts';

/** The page is whole when it arrives: no script, no font, nothing of others. */
export const WEB_SOCKET_PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const WEB_SOCKET_PAGE_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
nav { border: 1px solid var(--line); border-radius: 6px; padding: .5rem 1rem; margin: 1rem 0; }
nav a { margin-right: .75rem; white-space: nowrap; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 2.5rem 0 0; font-family: ui-monospace, monospace; }
h4 { margin: 1.25rem 0 .25rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
.needed::after { content: ' *'; }
`;

/** The WebSocket’s description as a page: operations with their fields and answers, channels with their messages. */
export function webSocketPage(document: AsyncApiDocument): string {
  const operations = Object.entries(document.operations);
  const requests = operations.filter(([, { action }]) => action === 'receive');
  const channels = operations.filter(([, { action }]) => action === 'send');
  const { schemas, messages } = document.components;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Brier: WebSocket interface</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/websocket.css">
</head>
<body>
<h1>WebSocket <code>${text(document.channels.exchange.address)}</code></h1>
<p>${text(document.info.description)} Protocol ${text(document.info.version)}.
The same as data: <a href="${API_BASE}/asyncapi.json">asyncapi.json</a>. <a href="/docs">The HTTP interface</a>.</p>
<nav aria-label="Requests"><strong>Requests</strong> ${links(requests)}</nav>
<nav aria-label="Channels"><strong>Channels</strong> ${links(channels)}</nav>
<nav aria-label="Types"><strong>Types</strong> ${Object.keys(schemas)
    .map((name) => `<a href="#type.${text(name)}">${text(name)}</a>`)
    .join(' ')}</nav>
<h2>Requests</h2>
${requests.map(([id, operation]) => requestSection(id, operation, document)).join('\n')}
<h2 id="failure">Refusals</h2>
${messages.failure === undefined ? '' : messageSection(messages.failure)}
<h2>Channels</h2>
${channels.map(([id, operation]) => channelSection(id, operation, document)).join('\n')}
<h2>Types</h2>
${Object.entries(schemas)
  .map(([name, schema]) => `<section id="type.${text(name)}"><h3>${text(name)}</h3>${shape(schema)}</section>`)
  .join('\n')}
<h2>Close codes</h2>
${closeCodes(document.channels.exchange['x-close-codes'])}
</body>
</html>
`;
}

const links = (operations: readonly [string, OperationObject][]): string =>
  operations.map(([id, { title }]) => `<a href="#${text(id)}">${text(title)}</a>`).join(' ');

function requestSection(id: string, operation: OperationObject, document: AsyncApiDocument): string {
  const [asked] = messagesOf(operation.messages, document);
  const [answer] = messagesOf(operation.reply?.messages ?? [], document);
  return `<section id="${text(id)}"><h3>${text(operation.title)}</h3>
<p>${text(operation.summary)} ${operation.security === undefined ? '' : 'Needs a login.'}</p>
${operation.description === undefined ? '' : `<p>${text(operation.description)}</p>`}
<h4>Request</h4>${asked === undefined ? '' : shape(asked.payload) + examples(asked)}
<h4>Answer</h4>${answer === undefined ? '' : shape(answer.payload) + examples(answer)}
<p>Or a <a href="#failure">refusal</a>.</p></section>`;
}

function channelSection(id: string, operation: OperationObject, document: AsyncApiDocument): string {
  const takes = operation['x-subscription'] ?? [];
  return `<section id="${text(id)}"><h3>${text(operation.title)}</h3>
<p>${text(operation.summary)} ${operation.security === undefined ? '' : 'Needs a login.'}</p>
${takes.length === 0 ? '' : `<p>A subscription may say ${takes.map((name) => `<code>${text(name)}</code>`).join(', ')}.</p>`}
${messagesOf(operation.messages, document).map(messageSection).join('\n')}</section>`;
}

const messageSection = (message: MessageObject): string =>
  `<h4>${text(message.title)}</h4><p>${text(message.summary)}</p>${shape(message.payload)}${examples(message)}`;

/** `#/channels/exchange/messages/NAME`: the channel’s messages have the names of the components. */
const messagesOf = (refs: readonly { $ref: string }[], { components }: AsyncApiDocument): MessageObject[] =>
  refs.flatMap(({ $ref }) => components.messages[$ref.slice($ref.lastIndexOf('/') + 1)] ?? []);

const examples = ({ examples }: MessageObject): string =>
  examples.map(({ payload }) => `<pre>${text(JSON.stringify(payload, null, 1))}</pre>`).join('');

/** An object as a table of its fields, alternatives one after the other, anything else in words. */
function shape(schema: JsonSchema): string {
  const { properties } = schema;
  if (properties !== undefined) return fieldTable(properties as Record<string, JsonSchema>, schema.required);
  return `<p>${inWords(schema)}</p>`;
}

const FIELD_COLUMNS = `<tr>${['Field (* always)', 'Type', 'Meaning'].map((name) => `<th scope="col">${name}</th>`).join('')}</tr>`;

function fieldTable(properties: Readonly<Record<string, JsonSchema>>, required: JsonValue | undefined): string {
  const needed = new Set(Array.isArray(required) ? required : []);
  const rows = Object.entries(properties).map(([name, field]) => {
    const description = typeof field.description === 'string' ? text(field.description) : '';
    const mark = needed.has(name) ? ' class="needed"' : '';
    return `<tr><td${mark}><code>${text(name)}</code></td><td>${inWords(field)}</td><td>${description}</td></tr>`;
  });
  return `<div class="table"><table>${FIELD_COLUMNS}${rows.join('')}</table></div>`;
}

function inWords(schema: JsonSchema): string {
  const { $ref, allOf, anyOf, oneOf, items, type, properties, additionalProperties } = schema;
  if (typeof $ref === 'string') {
    const name = text($ref.slice($ref.lastIndexOf('/') + 1));
    return `<a href="#type.${name}">${name}</a>`;
  }
  const alternatives = anyOf ?? oneOf ?? allOf;
  if (Array.isArray(alternatives)) return (alternatives as JsonSchema[]).map(inWords).join(' or ');
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`;
  if (Array.isArray(schema.enum)) {
    return schema.enum.map((value) => `<code>${text(JSON.stringify(value))}</code>`).join(' ');
  }
  if (Array.isArray(items)) return `[${(items as JsonSchema[]).map(inWords).join(', ')}]`;
  if (type === 'array')
    return `list of ${items === undefined ? 'anything' : inWords(items as JsonSchema)}${bounds(schema)}`;
  if (properties !== undefined) return fieldTable(properties as Record<string, JsonSchema>, schema.required);
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    return `object of ${inWords(additionalProperties as JsonSchema)}`;
  }
  return `${text(String(type ?? 'nothing'))}${bounds(schema)}`;
}

/** Limits of a value, where they say something: those of safe integers do not. */
function bounds(schema: JsonSchema): string {
  const said = [
    ['at least', schema.minimum === Number.MIN_SAFE_INTEGER ? undefined : schema.minimum],
    ['at most', schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum],
    ['from', schema.minItems],
    ['to', schema.maxItems],
    ['like', schema.pattern],
  ].filter(([, value]) => value !== undefined);
  return said.map(([word, value]) => ` ${word} <code>${text(String(value))}</code>`).join('');
}

const closeCodes = (codes: JsonValue | undefined): string =>
  `<table>${Object.entries((codes ?? {}) as Record<string, JsonValue>)
    .map(([code, name]) => `<tr><td><code>${text(code)}</code></td><td><code>${text(String(name))}</code></td></tr>`)
    .join('')}</table>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (raw: string): string => raw.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
