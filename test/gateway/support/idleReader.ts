import type { Socket } from 'node:net';
import { upgrade } from '../../../src/sdk/handshake.ts';
import { WebSocketClient } from '../../../src/sdk/webSocketClient.ts';
import type { Message } from './gateway.ts';

/** A client over a real socket that asks and does not read, until it is told to. */
export class IdleReader {
  readonly messages: Message[] = [];
  readonly ended: Promise<number>;
  private readonly client: WebSocketClient;
  private readonly socket: Socket;

  private constructor(socket: Socket, head: Buffer) {
    this.socket = socket;
    let end: (code: number) => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.client = new WebSocketClient(socket, head, {
      message: (text) => this.messages.push(JSON.parse(text)),
      closed: (code) => end(code),
    });
    socket.pause();
  }

  static async open(port: number): Promise<IdleReader> {
    const { socket, head } = await upgrade(`ws://127.0.0.1:${port}/ws/v1`, {});
    return new IdleReader(socket, head);
  }

  send(...requests: Record<string, unknown>[]): void {
    for (const request of requests) this.client.send(JSON.stringify(request));
  }

  read(): void {
    this.socket.resume();
  }

  terminate(): void {
    this.client.terminate();
  }
}
