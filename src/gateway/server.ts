import { setTimeout as pause } from 'node:timers/promises';
import { CLOSE } from '../protocol/errors.ts';
import { requestToken } from './auth/requestToken.ts';
import { addressText } from './limits/address.ts';
import { SocketCounts } from './limits/socketCounts.ts';
import { passesOrigin, refuse } from './originGuard.ts';
import type { GatewayContext, GatewayDeps } from './sessions/context.ts';
import { CLOSING_MS, drain } from './sessions/draining.ts';
import { BACKPRESSURE_MAX, FRAME_BYTES_MAX, IDLE_SECONDS, PAYLOAD_BYTES_MAX } from './sessions/limits.ts';
import type { Session } from './sessions/session.ts';
import { Sessions } from './sessions/sessions.ts';
import { SocketIo } from './socketio/socketIo.ts';
import { Streams } from './streams/streams.ts';
import uWS, { type TemplatedApp, type us_listen_socket } from './uws.ts';
import { UwsTransport } from './uwsTransport.ts';

export const WEBSOCKET_PATH = '/ws/v1';
/** Of those that a client offers none is spoken here. */
const NO_SUB_PROTOCOL = '';
/** The close frames leave with the turn of the loop that follows. */
const TURN_MS = 10;

export type ServerOptions = {
  host: string;
  /** 0: any free port */
  port: number;
  /** CORS_ORIGINS: pages of other origins that may speak to us, exactly. */
  origins: readonly string[];
  /** Mounts the HTTP routes. */
  http: (app: TemplatedApp) => void;
  deps: GatewayDeps;
  streams?: ConstructorParameters<typeof Streams>[2];
  /** Over how long a shutdown closes the connections. */
  closingMs?: number;
};

export type Server = {
  readonly port: number;
  /** Connections that are open, over whatever transport. */
  connections(): number;
  /** Bytes that wait to be read: of all connections, and of the one that is furthest behind. */
  backlog(): { all: number; most: number };
  /**
   * Tells every connection, takes nothing new but cancels, waits for the answers under way and closes the connections in
   * groups with RESTARTING: some seconds at most.
   */
  drain(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
};

/** What belongs to a socket from its upgrade on. */
type SocketData = { address: string; token: string | undefined; session: Session | undefined };

/** Serves the WebSocket, socket.io and, mounted by `http`, everything else on one port. Takes over the port’s `onGroup`. */
export async function startServer({
  host,
  port,
  origins,
  http,
  deps,
  streams: tuning,
  closingMs = CLOSING_MS,
}: ServerOptions): Promise<Server> {
  const streams = new Streams(deps.port, deps.data, tuning);
  const context: GatewayContext = { ...deps, streams, draining: false };
  const sessions = new Sessions(context);
  const counts = new SocketCounts();
  const app = uWS.App();

  app.ws<SocketData>(WEBSOCKET_PATH, {
    compression: uWS.DISABLED,
    maxPayloadLength: PAYLOAD_BYTES_MAX,
    maxBackpressure: BACKPRESSURE_MAX,
    closeOnBackpressureLimit: 1,
    idleTimeout: IDLE_SECONDS,
    maxLifetime: 0,
    sendPingsAutomatically: false,
    upgrade: (res, req, socketContext) => {
      if (!passesOrigin(res, req, origins)) return;
      const data: SocketData = {
        address: addressText(res.getRemoteAddress()),
        token: requestToken(req),
        session: undefined,
      };
      res.upgrade(
        data,
        req.getHeader('sec-websocket-key'),
        NO_SUB_PROTOCOL,
        req.getHeader('sec-websocket-extensions'),
        socketContext,
      );
    },
    open: (ws) => {
      const data = ws.getUserData();
      const count = counts.enter(data.address);
      if (deps.rateLimits && count > deps.limits.connectionsPerAddress) {
        ws.end(CLOSE.TOO_MANY_CONNECTIONS, 'too many connections from this address');
      } else if (context.draining) ws.end(CLOSE.RESTARTING, 'the server is shutting down');
      else data.session = sessions.open(new UwsTransport(ws, data.address), data.token);
    },
    message: (ws, message, isBinary) => {
      const { session } = ws.getUserData();
      if (session === undefined) return;
      if (isBinary) session.close(CLOSE.BINARY_FRAME, 'text frames only');
      else if (message.byteLength > FRAME_BYTES_MAX) {
        session.close(CLOSE.FRAME_TOO_LARGE, `at most ${FRAME_BYTES_MAX} bytes a frame`);
      } else sessions.receiveBytes(session, message);
    },
    ping: (ws) => heard(ws.getUserData()),
    pong: (ws) => heard(ws.getUserData()),
    drain: (ws) => ws.getUserData().session?.drained(),
    close: (ws) => {
      const { address, session } = ws.getUserData();
      counts.leave(address);
      if (session !== undefined) sessions.ended(session);
    },
  });
  app.any(WEBSOCKET_PATH, (res) => {
    refuse(res, '426 Upgrade Required', 'INVALID_REQUEST', 'this is a WebSocket: see /docs/websocket', {
      Upgrade: 'websocket',
    });
  });
  const socketIo = new SocketIo(app, { context, sessions, counts, origins });
  http(app);

  const listening = await listen(app, host, port).catch(async (error: unknown) => {
    sessions.stop();
    streams.stop();
    await socketIo.close();
    throw error;
  });
  deps.port.onGroup = streams.onGroup;
  let open = true;
  const stopListening = () => {
    if (open) uWS.us_listen_socket_close(listening);
    open = false;
  };
  return {
    port: uWS.us_socket_local_port(listening),
    connections: () => sessions.size,
    backlog: () => sessions.backlog(),
    // It goes on listening, so that whoever asks is told that it stops.
    drain: () => drain(context, sessions, closingMs),
    async close() {
      context.draining = true;
      stopListening();
      sessions.closeAll(CLOSE.RESTARTING, 'the server is shutting down');
      sessions.stop();
      streams.stop();
      await pause(TURN_MS);
      await socketIo.close();
      app.close();
    },
  };
}

function heard({ session }: SocketData): void {
  if (session !== undefined) session.heardAt = performance.now();
}

/** Listens on the port alone: without the option two servers could share it and each would get half of the clients. */
function listen(app: TemplatedApp, host: string, port: number): Promise<us_listen_socket> {
  const EXCLUSIVE = 1;
  return new Promise((resolve, reject) => {
    const listened = (socket: us_listen_socket | false) => {
      if (socket === false)
        reject(new Error(`cannot listen on ${host}:${port}: is HOST an address of this machine, and PORT free?`));
      else resolve(socket);
    };
    // The binding takes (host, port, options, callback); its types leave this form out.
    Reflect.apply(app.listen, app, [host, port, EXCLUSIVE, listened]);
  });
}
