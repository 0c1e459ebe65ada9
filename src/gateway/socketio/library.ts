import { type DefaultEventsMap, Server, type Socket } from 'socket.io';
import type { Identity } from '../auth/identity.ts';
import type { Incoming } from './packets.ts';

/** Events out are named after channels, besides `answer` and `closing`. */
type Outgoing = Record<string, (payload: unknown) => void>;
/** Who the handshake’s `auth` has proven. */
type SocketData = { identity?: Identity };

/** The library’s server with the events that we know. */
export class IoServer extends Server<Incoming, Outgoing, DefaultEventsMap, SocketData> {}
export type IoSocket = Socket<Incoming, Outgoing, DefaultEventsMap, SocketData>;
