import type { EnginePort, Pending } from '../engine-port/enginePort.ts';
import { encodeConnection } from '../orders/connection.ts';

/** Nobody waits for what the engine says of a connection that is gone. */
const UNHEARD: Pending = { done: () => {} };

/**
 * Tells the engine of connections that have ended and whose orders are to end with them. What its ring has no room for is told
 * with the next sweep; what a crash leaves untold, the start of the next process tells of all.
 */
export class Disconnections {
  private readonly port: EnginePort;
  private untold: { account: number; connection: number }[] = [];

  constructor(port: EnginePort) {
    this.port = port;
  }

  /** Something could not be told yet. */
  get waiting(): boolean {
    return this.untold.length > 0;
  }

  /** A number is told once: afterwards the engine may give it to another connection. */
  tell(account: number, connection: number): void {
    if (!this.send(account, connection)) this.untold.push({ account, connection });
  }

  /** Tells what could not be told before. */
  retry(): void {
    if (this.untold.length === 0) return;
    const { untold } = this;
    this.untold = [];
    for (const { account, connection } of untold) this.tell(account, connection);
  }

  private send(account: number, connection: number): boolean {
    return this.port.send(encodeConnection(this.port, account, 'GONE', connection), UNHEARD);
  }
}
