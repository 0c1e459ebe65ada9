import { io, type Socket } from 'socket.io-client';
import { openWebSocket, type WebSocketClient } from '../../../src/sdk/index.ts';
import type { Message, TestGateway } from '../support/gateway.ts';
import { type Opening, Peer, type Wire } from './peer.ts';

class WebSocketPeer extends Peer {
  private ws!: WebSocketClient;
  private readonly asked: { id: unknown; answered: (answer: Message) => void }[] = [];

  static async open(gateway: TestGateway, { token, headers, url = gateway.url }: Opening = {}): Promise<Peer> {
    const peer = new WebSocketPeer();
    const proof = token === undefined ? {} : { authorization: `Bearer ${token}` };
    peer.ws = await openWebSocket(`${url.replace('http', 'ws')}/ws/v1`, peer, { ...headers, ...proof });
    return peer;
  }

  message(text: string): void {
    const message: Message = JSON.parse(text);
    if (message.ch === undefined) {
      // An answer to a request without a usable id: they come in order here.
      const at = this.asked.findIndex(({ id }) => message.id === null || id === message.id);
      this.asked.splice(at, 1)[0]?.answered(message);
    }
    this.heard(message);
  }

  closed(code: number, reason: string): void {
    this.end({ code, reason });
  }

  ask(request: unknown): Promise<Message> {
    const { id } = Object(request);
    return new Promise((answered) => {
      this.asked.push({ id, answered });
      this.ws.send(JSON.stringify(request));
    });
  }

  text(request: string): void {
    this.ws.send(request);
  }

  close(): void {
    this.ws.terminate();
  }
}

export class SocketIoPeer extends Peer {
  readonly socket: Socket;
  private closing = { code: 0, reason: '' };

  constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.onAny((event: string, message: Message) => {
      if (event === 'closing') this.closing = message;
      else {
        if (event !== 'answer' && event !== message.ch) throw new Error(`${event} for ${JSON.stringify(message)}`);
        this.heard(message);
      }
    });
    socket.on('disconnect', () => this.end(this.closing));
  }

  ask(request: unknown): Promise<Message> {
    return new Promise((answered) => {
      this.socket.emit('request', request, (answer: Message) => {
        this.heard(answer);
        answered(answer);
      });
    });
  }

  text(request: string): void {
    this.socket.io.engine.write(`2["request",${request}]`);
  }

  close(): void {
    this.socket.disconnect();
  }
}

const openSocketIo =
  (transports: ('polling' | 'websocket')[]) =>
  async (gateway: TestGateway, { token, headers, url = gateway.url }: Opening = {}): Promise<SocketIoPeer> => {
    const auth = token === undefined ? {} : { token };
    const socket = io(url, {
      transports,
      auth,
      reconnection: false,
      forceNew: true,
      ...(headers !== undefined && { extraHeaders: headers }),
    });
    const peer = new SocketIoPeer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return peer;
  };

export const SOCKET_IO_WIRES = [
  { name: 'socket.io over WebSocket', open: openSocketIo(['websocket']) },
  { name: 'socket.io over polling', open: openSocketIo(['polling']) },
  { name: 'socket.io that upgrades', open: openSocketIo(['polling', 'websocket']) },
] as const;

export const WEBSOCKET: Wire = { name: 'WebSocket', open: WebSocketPeer.open };
export const WIRES: readonly Wire[] = [WEBSOCKET, ...SOCKET_IO_WIRES];
