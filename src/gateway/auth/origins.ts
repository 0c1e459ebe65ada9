/**
 * Whether a browser page of `origin` may speak to us: the page we serve ourselves (same host) or one of the exact list
 * CORS_ORIGINS. No patterns, no `*`, no `null`. An absent Origin (not a browser, or a same-origin GET) is the caller’s case.
 */
export function originAllowed(origin: string, host: string, allowed: readonly string[]): boolean {
  return origin === `http://${host}` || origin === `https://${host}` || allowed.includes(origin);
}
