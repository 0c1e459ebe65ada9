import { CLOSE, type WireError } from '../../protocol/errors.ts';
import type { Identity } from '../auth/identity.ts';
import { requestToken } from '../auth/requestToken.ts';
import { addressText } from '../limits/address.ts';
import type { SocketCounts } from '../limits/socketCounts.ts';
import { refusal } from '../orders/refusals.ts';
import { Refusal } from '../services/refusal.ts';
import type { GatewayContext } from '../sessions/context.ts';
import {
  BACKPRESSURE_MAX,
  IDLE_AFTER_MS,
  IDLE_SECONDS,
  PAYLOAD_BYTES_MAX,
  PING_AFTER_MS,
  POLL_BYTES_MAX,
  SWEEP_MS,
} from '../sessions/limits.ts';
import { logIn } from '../sessions/operations/auth.ts';
import type { Sessions } from '../sessions/sessions.ts';
import uWS, { type HttpRequest, type HttpResponse, type TemplatedApp } from '../uws.ts';
import { GuardedApp } from './guardedApp.ts';
import { handshakeLogin } from './handshakeLogin.ts';
import { IoServer, type IoSocket } from './library.ts';
import { tellOfLongBodies } from './longBodies.ts';
import { Decoder, Encoder } from './packets.ts';
import { SocketIoTransport } from './socketIoTransport.ts';

export const SOCKET_IO_PATH = '/socket.io';
/** A connection that has joined nothing for so long is closed. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Connections past the limit that are still let in to be told so; more are refused unheard, with 403. */
const TOLD_PER_ADDRESS_MAX = 64;

type Head = { address: string; token: string | undefined };

/**
 * socket.io on the port of the WebSocket, with the same sessions behind it. What the library could do otherwise is left out:
 * no recovery of its own (`since` resumes), no compression, no files.
 */
export class SocketIo {
  private readonly context: GatewayContext;
  private readonly sessions: Sessions;
  private readonly counts: SocketCounts;
  private readonly heads = new WeakMap<object, Head>();
  private readonly app: GuardedApp;
  private readonly io: IoServer;

  constructor(
    app: TemplatedApp,
    deps: { context: GatewayContext; sessions: Sessions; counts: SocketCounts; origins: readonly string[] },
  ) {
    const { context, sessions, counts, origins } = deps;
    this.context = context;
    this.sessions = sessions;
    this.counts = counts;
    const options = {
      compression: uWS.DISABLED,
      maxPayloadLength: PAYLOAD_BYTES_MAX,
      maxBackpressure: BACKPRESSURE_MAX,
      closeOnBackpressureLimit: 1,
      idleTimeout: IDLE_SECONDS,
      maxLifetime: 0,
      sendPingsAutomatically: false,
    } as const;
    this.app = new GuardedApp(app, options, origins, this.seen);
    this.io = new IoServer({
      path: SOCKET_IO_PATH,
      serveClient: false,
      parser: { Encoder, Decoder },
      transports: ['polling', 'websocket'],
      maxHttpBufferSize: POLL_BYTES_MAX,
      httpCompression: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      pingInterval: PING_AFTER_MS,
      // A little later than the session’s own limit, so that it is that which closes, with a code.
      pingTimeout: IDLE_AFTER_MS - PING_AFTER_MS + 4 * SWEEP_MS,
      allowRequest: (req, answer) => {
        const refused = this.limited(this.head(req), context.limits.connectionsPerAddress + TOLD_PER_ADDRESS_MAX);
        answer(refused ? 'too many connections from this address' : null, !refused);
      },
      ...(origins.length > 0 && { cors: { origin: [...origins], credentials: true } }),
    });
    this.io.attachApp(this.app);
    this.io.engine.on('connection', (conn: IoSocket['conn']) => {
      const { address } = this.head(conn.request);
      counts.enter(address);
      if (conn.transport.name === 'polling') tellOfLongBodies(conn.transport);
      conn.once('close', () => counts.leave(address));
    });
    this.io.engine.on('headers', (headers: Record<string, string>) => {
      headers['X-Content-Type-Options'] = 'nosniff';
    });
    this.io.use((socket, next) => this.login(socket, next));
    this.io.on('connection', (socket) => this.open(socket));
  }

  private readonly seen = (res: HttpResponse, req: HttpRequest): void => {
    this.heads.set(req, { address: addressText(res.getRemoteAddress()), token: requestToken(req) });
  };

  /** The library keeps the request that began a connection. */
  private head(request: object): Head {
    const head = this.heads.get(request);
    if (head === undefined) throw new Error('a connection without a request');
    return head;
  }

  private limited({ address }: Head, most: number): boolean {
    return this.context.rateLimits && this.counts.of(address) > most;
  }

  /** Whoever gives a login with the handshake means it: where it does not hold, the connection is refused. */
  private login(socket: IoSocket, next: (refused?: Error) => void): void {
    const { address } = this.head(socket.request);
    const done = (result: Identity | Refusal): void => {
      if (!(result instanceof Refusal)) {
        socket.data.identity = result;
        return next();
      }
      next(refusedHandshake(result.error));
      // When the client has been told. It may try again on a new connection, which is counted.
      setImmediate(() => socket.conn.close());
    };
    const { auth } = socket.handshake;
    if (Object.keys(auth).length === 0) return next();
    const retryAfterMs = this.sessions.payLogin(address);
    if (retryAfterMs > 0) return done(Refusal.of({ ...refusal('RATE_LIMITED'), retryAfterMs }));
    handshakeLogin(this.context, address, auth).then(done, (error: unknown) => {
      this.context.onError(error);
      done(new Refusal('UNAVAILABLE', 'logins cannot be checked at the moment'));
    });
  }

  private open(socket: IoSocket): void {
    const { context, sessions } = this;
    const head = this.head(socket.request);
    const transport = new SocketIoTransport(socket, this.app.sockets, head.address);
    // Faults are answered before; what is left is a connection that broke.
    socket.on('error', () => {});
    if (this.limited(head, context.limits.connectionsPerAddress)) {
      return transport.close(CLOSE.TOO_MANY_CONNECTIONS, 'too many connections from this address');
    }
    if (context.draining) return transport.close(CLOSE.RESTARTING, 'the server is shutting down');
    const { identity } = socket.data;
    const session = sessions.open(transport, identity === undefined ? head.token : undefined);
    if (identity !== undefined) sessions.holdUntil(session, logIn(context, sessions, session, identity));
    transport.serve(session);
    transport.onClosed = () => {
      if (!session.closed) sessions.ended(session);
    };
    socket.on('disconnect', () => {
      transport.onClosed();
      // A second session of the same connection would begin with fresh limits.
      socket.conn.close();
    });
    socket.on('fault', (code, reason) => session.close(code, reason));
    socket.on('request', (text, message, ack) => {
      sessions.accept(session, message, text, transport.ask(message, ack));
    });
    socket.on('stray', (ack) => {
      const number = transport.ask(undefined, ack);
      session.refuse(number, 'INVALID_REQUEST', undefined, 'the only event is request, with one object');
    });
  }

  /** Ends all connections at once. */
  close(): Promise<void> {
    return this.io.close();
  }
}

/** `connect_error` at the client: its `data` is the error that a request would be answered with. */
const refusedHandshake = (error: WireError): Error => Object.assign(new Error(error.message), { data: error });
