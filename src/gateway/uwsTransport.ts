import type { Transport } from './sessions/transport.ts';
import type { WebSocket } from './uws.ts';

/** `send` results of uWebSockets.js: 1 sent, 0 buffered, 2 dropped. */
const DROPPED = 2;

/** A session’s connection over uWebSockets.js. */
export class UwsTransport<Data> implements Transport {
  readonly address: string;
  private readonly ws: WebSocket<Data>;
  private outgoing: readonly string[] = [];
  private dropped = false;

  constructor(ws: WebSocket<Data>, address: string) {
    this.ws = ws;
    this.address = address;
  }

  send(messages: readonly string[]): void {
    this.outgoing = messages;
    this.ws.cork(this.write);
    // Past maxBackpressure, which is above what a session allows: the peer would miss a message, so it must reconnect.
    if (this.dropped) this.ws.close();
  }

  private readonly write = (): void => {
    const { ws, outgoing } = this;
    for (let i = 0; i < outgoing.length; i++) {
      if (ws.send(outgoing[i] as string) !== DROPPED) continue;
      this.dropped = true;
      return;
    }
  };

  bufferedBytes(): number {
    return this.ws.getBufferedAmount();
  }

  /** A ping that is dropped goes unanswered, which closes the connection as one that says nothing. */
  ping(): void {
    this.ws.ping();
  }

  close(code: number, reason: string): void {
    this.ws.end(code, reason);
  }
}
