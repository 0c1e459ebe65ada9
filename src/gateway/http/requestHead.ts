import { addressText } from '../limits/address.ts';
import type { HttpRequest, HttpResponse } from '../uws.ts';

/** Everything of a request but its body, copied: uWebSockets.js’s own object dies when the handler returns. */
export type RequestHead = {
  method: string;
  path: string;
  query: string;
  params: readonly string[];
  /** '' where a header is absent */
  origin: string;
  host: string;
  authorization: string;
  cookie: string;
  /** The headers of a request that an API key has signed. */
  key: string;
  timestamp: string;
  signature: string;
  requestId: string;
  /** A browser sent it: browsers alone send Sec-Fetch-Site or Origin, and pages cannot leave them out. */
  browser: boolean;
  address: string;
  /** undefined: no such header */
  contentLength: number | undefined;
  /** Two Content-Length headers, or one that is no number: where the body ends is a matter of opinion. */
  ambiguousLength: boolean;
};

const REQUEST_ID = /^[A-Za-z0-9_.-]{1,64}$/;
const processId = Math.floor(performance.timeOrigin).toString(36);
let requests = 0;

export function readHead(res: HttpResponse, req: HttpRequest, paramCount: number): RequestHead {
  let lengths = 0;
  let contentLength: number | undefined;
  let encoded = false;
  req.forEach((name, value) => {
    if (name === 'content-length') {
      lengths++;
      contentLength = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    } else if (name === 'transfer-encoding') encoded = true;
  });
  const origin = req.getHeader('origin');
  const wished = req.getHeader('x-request-id');
  const params: string[] = [];
  for (let i = 0; i < paramCount; i++) params.push(req.getParameter(i));
  return {
    method: req.getMethod(),
    path: req.getUrl(),
    query: req.getQuery() ?? '',
    params,
    origin,
    host: req.getHeader('host'),
    authorization: req.getHeader('authorization'),
    cookie: req.getHeader('cookie'),
    key: req.getHeader('brier-key'),
    timestamp: req.getHeader('brier-timestamp'),
    signature: req.getHeader('brier-signature'),
    requestId: REQUEST_ID.test(wished) ? wished : `${processId}-${(++requests).toString(36)}`,
    browser: origin !== '' || req.getHeader('sec-fetch-site') !== '',
    address: addressText(res.getRemoteAddress()),
    contentLength,
    ambiguousLength: lengths > 1 || Number.isNaN(contentLength) || (lengths > 0 && encoded),
  };
}
