import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Refusal } from '../services/refusal.ts';
import type { TemplatedApp } from '../uws.ts';
import type { Answer } from './answer.ts';
import { Exchange } from './exchange.ts';
import { API_BASE, type Log } from './router.ts';

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
const HEADERS = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'Cache-Control': 'no-cache' };

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

/** `/docs`: the OpenAPI document as a page that works without any other server. */
export function mountDocs(app: TemplatedApp, log: Log): void {
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const html: Answer = page('text/html; charset=utf-8', PAGE);
  const start: Answer = page('text/javascript; charset=utf-8', START);
  app.get('/docs', (res) => {
    new Exchange(res, false).answer(html);
  });
  app.get('/docs/', (res) => {
    new Exchange(res, false).answer(html);
  });
  app.get('/docs/start.js', (res) => {
    new Exchange(res, false).answer(start);
  });
  for (const [name, contentType] of Object.entries(PACKAGED)) {
    const answer = once(async () => page(contentType, await readFile(join(folder, name))));
    app.get(`/docs/${name}`, (res) => {
      const exchange = new Exchange(res, false);
      answer().then(
        (found) => exchange.answer(found),
        (error: unknown) => {
          log.error({ err: error, file: name }, 'a file of swagger-ui-dist cannot be read');
          exchange.answer(new Refusal('NOT_FOUND', 'swagger-ui-dist is not installed'));
        },
      );
    });
  }
}

const page = (contentType: string, content: string | Uint8Array): Answer => ({
  status: 200,
  text: { contentType, content },
  headers: HEADERS,
});

/** Reads on the first request and keeps what was read. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= read();
    return value;
  };
}
