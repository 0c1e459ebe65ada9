import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { AsyncApiDocument } from '../../protocol/asyncapi/document.ts';
import { Refusal } from '../services/refusal.ts';
import type { HttpResponse, TemplatedApp } from '../uws.ts';
import type { Answer } from './answer.ts';
import { Exchange } from './exchange.ts';
import { API_BASE, type Log } from './router.ts';
import { WEB_SOCKET_PAGE_POLICY, WEB_SOCKET_PAGE_STYLE, webSocketPage } from './webSocketPage.ts';

/** Everything comes from here; Swagger UI sets styles of its own, and draws icons from data URLs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Brier: HTTP interface</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<p style="margin:1rem 20px 0;font-family:sans-serif"><a href="/docs/websocket">The WebSocket interface</a></p>
<div id="swagger-ui"></div>
<noscript>The interface is described in <a href="${API_BASE}/openapi.json">openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** No validator: the page asks nobody but this server. */
const START = `SwaggerUIBundle({
  url: '${API_BASE}/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
});
`;

const PACKAGED: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * Pages that work without any other server: `/docs`, the OpenAPI document, where `/` leads, too; `/docs/websocket`, the AsyncAPI
 * document; and that document itself as `/asyncapi.json`.
 */
export function mountDocs(app: TemplatedApp, log: Log, webSocket: () => AsyncApiDocument): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const html = page('text/html; charset=utf-8', PAGE);
  const own: Readonly<Record<string, () => Answer>> = {
    '/': () => ({ status: 302, headers: { Location: '/docs' } }),
    '/docs': () => html,
    '/docs/': () => html,
    '/docs/start.js': () => page('text/javascript; charset=utf-8', START),
    '/docs/websocket': () => page('text/html; charset=utf-8', webSocketPage(webSocket()), WEB_SOCKET_PAGE_POLICY),
    '/docs/websocket.css': () => page('text/css; charset=utf-8', WEB_SOCKET_PAGE_STYLE),
    '/asyncapi.json': () => page('application/json; charset=utf-8', JSON.stringify(webSocket())),
  };
  for (const [path, answer] of Object.entries(own)) {
    const handler = (head: boolean) => (res: HttpResponse) => {
      new Exchange(res, head).answer(answer());
    };
    app.get(path, handler(false)).head(path, handler(true));
  }
  for (const [name, contentType] of Object.entries(PACKAGED)) {
    const answer = once(async () => page(contentType, await readFile(join(folder, name))));
    const handler = (head: boolean) => (res: HttpResponse) => {
      const exchange = new Exchange(res, head);
      answer().then(
        (found) => exchange.answer(found),
        (error: unknown) => {
          log.error({ err: error, file: name }, 'a file of swagger-ui-dist cannot be read');
          exchange.answer(new Refusal('NOT_FOUND', 'swagger-ui-dist is not installed'));
        },
      );
    };
    app.get(`/docs/${name}`, handler(false)).head(`/docs/${name}`, handler(true));
  }
}

const page = (contentType: string, content: string | Uint8Array, policy: string = CONTENT_SECURITY_POLICY): Answer => ({
  status: 200,
  text: { contentType, content },
  headers: { 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' },
});

/** Reads on the first request and keeps what was read. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= read();
    return value;
  };
}
