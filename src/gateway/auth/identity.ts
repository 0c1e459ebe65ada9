import type { ApiKeyScope } from '../../persistence/users/apiKeys.ts';
import type { Role } from '../../protocol/wire.ts';

/** Who a request or a socket speaks for, proven by an access token or by an API key. */
export type Identity = {
  account: number;
  username: string;
  roles: readonly Role[];
  /** A token may do everything; a key what it was made for: without `trade` it only reads. */
  scopes: readonly ApiKeyScope[];
  /** ms; the socket closes then */
  expiresAt: number;
  sessionVersion: number;
  /** the log-in (its refresh family) or the API key that it came from */
  session: string;
};

export const hasRole = (identity: Identity, roles: readonly Role[]): boolean =>
  roles.some((role) => identity.roles.includes(role));
