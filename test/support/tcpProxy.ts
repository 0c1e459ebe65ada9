import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens to the next bytes from the client that contain the marker; everything else passes.
 *
 * - `cut-before`: they never arrive, and the connection breaks;
 * - `cut-after`: they arrive, the server answers, the answer is lost and the connection breaks;
 * - `silence`: they arrive, and neither the answer nor anything after it comes back, on an open connection;
 * - `delay`: the client's connection breaks at once, and they arrive when `deliver()` says so.
 */
export type Fault = 'cut-before' | 'cut-after' | 'silence' | 'delay';

/** A TCP proxy that goes wrong exactly once, exactly where it is told to. */
export class TcpProxy {
  /** Connections accepted so far. */
  accepted = 0;
  /** While true, new connections are closed at once. */
  refuse = false;
  #server: Server;
  #target: number;
  #fault: { kind: Fault; marker: Buffer } | null = null;
  #sockets = new Set<Socket>();
  #held: { upstream: Socket; bytes: Buffer } | null = null;
  #onFault: () => void = () => {};
  #onRefused: () => void = () => {};

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#join(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetPort);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `url` with this proxy in place of its server. */
  through(url: string): string {
    const parsed = new URL(url);
    parsed.port = String(this.port);
    return parsed.href;
  }

  /** Arms the fault for the next statement that contains `marker`; resolves when it has happened. */
  arm(kind: Fault, marker: string): Promise<void> {
    this.#fault = { kind, marker: Buffer.from(marker) };
    return new Promise((resolve) => {
      this.#onFault = resolve;
    });
  }

  /** Resolves when the next connection has been refused. */
  refused(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRefused = resolve;
    });
  }

  /** Breaks every connection. What has arrived at the server goes on there. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Sends what `delay` held back, and resolves when the server has answered it. */
  async deliver(): Promise<void> {
    const { upstream, bytes } = this.#held!;
    const answer = once(upstream, 'data');
    upstream.write(bytes);
    await answer;
    upstream.destroy();
  }

  async stop(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.refuse) {
      client.on('error', () => {});
      client.destroy();
      this.#onRefused();
      return;
    }
    this.accepted++;
    const upstream = connect(this.#target, '127.0.0.1');
    let answers: 'pass' | 'cut' | 'swallow' = 'pass';
    let isDetached = false;
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!isDetached) cut();
      });
    }
    client.on('data', (bytes) => {
      const fault = this.#fault;
      if (fault === null || !bytes.includes(fault.marker)) {
        upstream.write(bytes);
        return;
      }
      this.#fault = null;
      if (fault.kind === 'cut-before') cut();
      if (fault.kind === 'cut-after') answers = 'cut';
      if (fault.kind === 'silence') answers = 'swallow';
      if (fault.kind === 'delay') {
        isDetached = true;
        this.#held = { upstream, bytes };
        client.destroy();
      } else if (fault.kind !== 'cut-before') {
        upstream.write(bytes);
        return;
      }
      this.#onFault();
    });
    upstream.on('data', (bytes) => {
      if (isDetached) return;
      if (answers === 'pass') {
        client.write(bytes);
        return;
      }
      if (answers === 'cut') cut();
      this.#onFault();
    });
  }
}
