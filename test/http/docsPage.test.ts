import { afterAll, beforeAll, expect, test } from 'vitest';
import { mountDocs } from '../../src/gateway/http/docsPage.ts';
import uWS from '../../src/gateway/uws.ts';
import { asyncApiDocument } from '../../src/protocol/asyncapi/document.ts';

const document = asyncApiDocument();
const app = uWS.App();
let url: string;
beforeAll(async () => {
  const silent = { error: () => {}, warn: () => {}, info: () => {} };
  mountDocs(app, silent, () => document);
  url = await new Promise((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) => {
      if (socket === false) reject(new Error('cannot listen'));
      else resolve(`http://127.0.0.1:${uWS.us_socket_local_port(socket)}`);
    });
  });
});
afterAll(() => {
  app.close();
});

/** What a page makes the browser fetch or run, and where its links lead. */
const addresses = (html: string): string[] =>
  [...html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].map(([, at = '']) => at);

test.each(['/docs', '/docs/', '/docs/websocket'])('%s and all that it loads come from this server', async (path) => {
  const response = await fetch(url + path);
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:|\*/);
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(html).not.toMatch(/@import|url\(/);
  for (const address of addresses(html)) {
    expect(address).toMatch(/^(?:\/(?!\/)|#)/);
    if (address.startsWith('#') || address.startsWith('/api/')) continue;
    expect((await fetch(url + address)).status, address).toBe(200);
  }
});

test('the WebSocket’s page runs no script', async () => {
  const response = await fetch(`${url}/docs/websocket`);
  expect(response.headers.get('content-security-policy')).not.toContain('script-src');
  expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline');
  const html = await response.text();
  expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/);
  expect(await (await fetch(`${url}/docs/websocket.css`)).text()).not.toMatch(/@import|url\(/);
});

test('it has every operation, channel, field, type and example, and links lead to something', async () => {
  const html = await (await fetch(`${url}/docs/websocket`)).text();
  const plain = html.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  const ids = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
  for (const [id, { summary }] of Object.entries(document.operations)) {
    expect(ids).toContain(id);
    expect(plain).toContain(summary);
  }
  for (const name of Object.keys(document.components.schemas)) expect(ids).toContain(`type.${name}`);
  for (const { payload, examples } of Object.values(document.components.messages)) {
    for (const field of Object.keys(payload.properties ?? {})) expect(plain).toContain(`<code>${field}</code>`);
    for (const example of examples) expect(plain).toContain(JSON.stringify(example.payload, null, 1));
  }
  for (const address of addresses(html)) if (address.startsWith('#')) expect(ids).toContain(address.slice(1));
});

test('its tables say what their columns are, and no limit that is none', async () => {
  const html = await (await fetch(`${url}/docs/websocket`)).text();
  const columns = [...html.matchAll(/<th\b([^>]*)>([^<]*)</g)];
  expect(columns.length).toBeGreaterThan(100);
  for (const [, attributes, name] of columns)
    expect([attributes, name]).toEqual([' scope="col"', expect.stringMatching(/\w/)]);
  expect(html).not.toContain(String(Number.MAX_SAFE_INTEGER));
});

test('the document is at the root, too', async () => {
  const response = await fetch(`${url}/asyncapi.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
});
