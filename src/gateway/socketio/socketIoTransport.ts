import { CLOSE } from '../../protocol/errors.ts';
import type { Session } from '../sessions/session.ts';
import type { Transport } from '../sessions/transport.ts';
import { Answers } from './answers.ts';
import { type GuardedApp, ROOM_AGAIN } from './guardedApp.ts';
import type { IoSocket } from './library.ts';
import { type Acknowledge, Json } from './packets.ts';

/** Close codes after which a client should come back by itself: it is not told to stay away. */
const COME_BACK: ReadonlySet<number> = new Set([CLOSE.RESTARTING, CLOSE.IDLE, CLOSE.TOO_SLOW]);

/** A stream message begins so; the channel’s name follows. */
const CHANNEL_AT = '{"ch":"'.length;

/**
 * A session’s connection over socket.io. Answers go out as acknowledgements, stream messages as events named after their
 * channel; both are the texts that a WebSocket would get.
 */
export class SocketIoTransport implements Transport {
  readonly address: string;
  private readonly socket: IoSocket;
  private readonly sockets: GuardedApp['sockets'];
  private readonly answers = new Answers();
  private session: Session | undefined;
  private outgoing: readonly string[] = [];
  private sending = false;
  /** Of what the library keeps while its transport cannot write: between two polls, and during an upgrade. */
  private waiting = 0;

  constructor(socket: IoSocket, sockets: GuardedApp['sockets'], address: string) {
    this.socket = socket;
    this.sockets = sockets;
    this.address = address;
  }

  /** Tells the session what the connection does, and its sockets’ rooms what the session listens to. */
  serve(session: Session): void {
    this.session = session;
    const { conn } = this.socket;
    const room = () => session.drained();
    conn.on('packet', () => {
      session.heardAt = performance.now();
    });
    conn.on('packetCreate', ({ data }: { data?: string }) => {
      this.waiting += data?.length ?? 0;
    });
    conn.on('flush', () => {
      this.waiting = 0;
    });
    // After a poll; a WebSocket takes everything at once, and says itself when that has been read.
    conn.on('drain', () => {
      if (!this.sending && conn.transport.name === 'polling') room();
    });
    conn.transport.on(ROOM_AGAIN, room);
    conn.on('upgrade', () => {
      conn.transport.on(ROOM_AGAIN, room);
      room();
    });
  }

  /** The number by which the session is to answer a request. */
  ask(message: unknown, ack: Acknowledge | undefined): number {
    return this.answers.ask(message, ack);
  }

  send(messages: readonly string[]): void {
    this.outgoing = messages;
    this.sending = true;
    const ws = this.sockets.get(this.socket.conn.transport);
    if (ws === undefined) this.write();
    else ws.cork(this.write);
    this.sending = false;
  }

  private readonly write = (): void => {
    for (const text of this.outgoing) {
      const asked = this.answers.take(text);
      if (asked === undefined) {
        this.socket.emit(text.slice(CHANNEL_AT, text.indexOf('"', CHANNEL_AT)), new Json(text));
        continue;
      }
      const { op, ack, answer } = asked;
      if (ack === undefined) this.socket.emit('answer', answer);
      else ack(answer);
      if (op === 'subscribe' || op === 'unsubscribe') this.followRooms();
    }
  };

  /** The rooms of a socket are its channels. Nothing is sent to a room: see docs/ARCHITECTURE.md. */
  private followRooms(): void {
    const { socket, session } = this;
    if (!socket.connected || session === undefined) return;
    const held = new Set(session.subscriptions.keys());
    for (const room of socket.rooms) if (room !== socket.id && !held.has(room)) socket.leave(room);
    socket.join([...held]);
  }

  bufferedBytes(): number {
    return this.waiting + (this.sockets.get(this.socket.conn.transport)?.getBufferedAmount() ?? 0);
  }

  /** The library pings every connection by itself. */
  ping(): void {}

  /** A client that should come back loses its connection, and tries again; another is told that it is not wanted. */
  close(code: number, reason: string): void {
    const { socket } = this;
    socket.emit('closing', { code, reason });
    if (COME_BACK.has(code)) socket.conn.close();
    else socket.disconnect(true);
    // Where the client is between two polls the connection lives on until it hears of its end.
    this.onClosed();
  }

  /** The session is over, though the connection may end later. */
  onClosed: () => void = () => {};
}
