import { originAllowed } from './auth/origins.ts';
import type { HttpRequest, HttpResponse } from './uws.ts';

/** Whether the page that a connection comes from may connect; otherwise the request is answered. Browsers always send an Origin with one. */
export function passesOrigin(res: HttpResponse, req: HttpRequest, origins: readonly string[]): boolean {
  const origin = req.getHeader('origin');
  if (origin === '' || originAllowed(origin, req.getHeader('host'), origins)) return true;
  refuse(res, '403 Forbidden', 'FORBIDDEN', 'this origin may not connect: see CORS_ORIGINS');
  return false;
}

/** Refuses a connection before there is one. */
export function refuse(
  res: HttpResponse,
  status: string,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  res.cork(() => {
    res.writeStatus(status).writeHeader('Content-Type', 'application/json');
    for (const [name, value] of Object.entries(headers)) res.writeHeader(name, value);
    res.end(JSON.stringify({ error: { code, message } }));
  });
}
