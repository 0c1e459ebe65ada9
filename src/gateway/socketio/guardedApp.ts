import type { EventEmitter } from 'node:events';
import { passesOrigin, refuse } from '../originGuard.ts';
import type { HttpRequest, HttpResponse, TemplatedApp, WebSocket, WebSocketBehavior } from '../uws.ts';

/** What the library keeps with a WebSocket. */
type SocketData = { transport: EventEmitter };
type Behavior = WebSocketBehavior<SocketData>;

/** Told by the library’s transport when its socket has been read again. */
export const ROOM_AGAIN = 'room-again';

/**
 * The app as the library sees it: `io.attachApp` mounts on this. Before each request reaches the library it is checked as the
 * WebSocket’s upgrade is, and for being of the transport whose way it takes: mixed up, they would throw. The WebSocket gets the
 * options that the library does not pass on.
 */
export class GuardedApp {
  /** The sockets of the library’s WebSocket transports, while they are open. */
  readonly sockets = new WeakMap<object, WebSocket<SocketData>>();
  private readonly app: TemplatedApp;
  private readonly origins: readonly string[];
  private readonly seen: (res: HttpResponse, req: HttpRequest) => void;
  private readonly options: Partial<Behavior>;

  /** `seen` hears of every request that passes, before the library does. */
  constructor(
    app: TemplatedApp,
    options: Partial<Behavior>,
    origins: readonly string[],
    seen: (res: HttpResponse, req: HttpRequest) => void,
  ) {
    this.app = app;
    this.options = options;
    this.origins = origins;
    this.seen = seen;
  }

  any(path: string, handler: (res: HttpResponse, req: HttpRequest) => void): this {
    this.app.any(path, (res, req) => {
      if (this.passes(res, req, 'polling')) handler(res, req);
    });
    return this;
  }

  ws(path: string, behavior: Behavior): this {
    const { sockets } = this;
    this.app.ws<SocketData>(path, {
      ...behavior,
      ...this.options,
      upgrade: (res, req, context) =>
        this.passes(res, req, 'websocket') ? behavior.upgrade?.(res, req, context) : undefined,
      open: (ws) => {
        sockets.set(ws.getUserData().transport, ws);
        return behavior.open?.(ws);
      },
      drain: (ws) => {
        ws.getUserData().transport.emit(ROOM_AGAIN);
      },
      close: (ws, code, message) => {
        sockets.delete(ws.getUserData().transport);
        behavior.close?.(ws, code, message);
      },
    });
    return this;
  }

  /** What a broadcast to a room would use. */
  publish(topic: string, message: string, isBinary?: boolean): boolean {
    return this.app.publish(topic, message, isBinary);
  }

  private passes(res: HttpResponse, req: HttpRequest, transport: 'polling' | 'websocket'): boolean {
    if (!passesOrigin(res, req, this.origins)) return false;
    if (req.getMethod() !== 'options' && new URLSearchParams(req.getQuery()).get('transport') !== transport) {
      refuse(res, '400 Bad Request', 'INVALID_REQUEST', `transport=${transport} goes here`);
      return false;
    }
    this.seen(res, req);
    return true;
  }
}
