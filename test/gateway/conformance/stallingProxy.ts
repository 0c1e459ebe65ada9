import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that can stop reading what the server says, as a client does that is too slow. What the client says passes. */
export class StallingProxy {
  private readonly server: Server;
  private readonly upstreams = new Set<Socket>();
  private stalled = false;

  private constructor(server: Server, target: number) {
    this.server = server;
    server.on('connection', (client) => {
      const upstream = connect(target, '127.0.0.1');
      this.upstreams.add(upstream);
      for (const socket of [client, upstream]) {
        socket.on('error', () => {});
        socket.setNoDelay(true);
      }
      client.on('data', (bytes) => upstream.write(bytes));
      client.on('end', () => upstream.end());
      client.on('close', () => upstream.destroy());
      upstream.on('data', (bytes) => client.write(bytes));
      upstream.on('end', () => client.end());
      upstream.on('close', () => {
        this.upstreams.delete(upstream);
        client.end();
      });
      if (this.stalled) upstream.pause();
    });
  }

  static async start(url: string): Promise<StallingProxy> {
    const server = createServer();
    const proxy = new StallingProxy(server, Number(new URL(url).port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stall(): void {
    this.stalled = true;
    for (const upstream of this.upstreams) upstream.pause();
  }

  goOn(): void {
    this.stalled = false;
    for (const upstream of this.upstreams) upstream.resume();
  }

  async stop(): Promise<void> {
    for (const upstream of this.upstreams) upstream.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
