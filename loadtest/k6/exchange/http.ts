import { asyncRequest, CookieJar, type RefinedResponse } from 'k6/http';
import type * as z from 'zod';
import type { loginView } from '../../../src/protocol/httpViews.ts';

const TIMEOUT_MS = 60_000;

/** Logs in by password: the login, or the status that refused it. */
export async function passwordLogin(
  url: string,
  credentials: { username: string; password: string },
): Promise<z.infer<typeof loginView> | number> {
  const response: RefinedResponse<'text'> = await asyncRequest(
    'POST',
    `${url}/api/v1/auth/login`,
    JSON.stringify(credentials),
    {
      headers: { 'content-type': 'application/json' },
      // As a program does: k6’s own jar would send one account’s cookies with the next one’s login.
      jar: new CookieJar(),
      timeout: TIMEOUT_MS,
      responseType: 'text',
    },
  );
  return response.status === 200 ? JSON.parse(response.body) : response.status;
}
