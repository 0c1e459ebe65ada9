import { EventEmitter } from 'node:events';
import { CLOSE } from '../../protocol/errors.ts';
import { FRAME_BYTES_MAX } from '../sessions/limits.ts';

/**
 * The Socket.IO protocol, revision 5, as the library’s `parser`: what goes over the wire is what its own would write. This one
 * sends JSON that is text already as it is, keeps the text of what comes in, takes no binary data, and has our limits.
 */
const PACKET = { CONNECT: 0, DISCONNECT: 1, EVENT: 2, ACK: 3, CONNECT_ERROR: 4 } as const;

type Packet = { type: number; nsp: string; id?: number; data?: unknown };

/** A value as JSON text, for an event or an acknowledgement. */
export class Json {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const jsonOf = (value: unknown): string => (value instanceof Json ? value.text : JSON.stringify(value));

export class Encoder {
  encode({ type, nsp, id, data }: Packet): string[] {
    const head = `${type}${nsp === '/' ? '' : `${nsp},`}${id ?? ''}`;
    if (data === undefined) return [head];
    return [Array.isArray(data) ? `${head}[${data.map(jsonOf).join(',')}]` : head + JSON.stringify(data)];
  }
}

/**
 * What a packet becomes. Clients cannot choose these names: theirs are `request` or none that we know.
 * `request`: the payload as text and parsed. `stray`: any other event. `fault`: a close code and why.
 */
export type Incoming = {
  request: (text: string, message: unknown, ack?: Acknowledge) => void;
  stray: (ack?: Acknowledge) => void;
  fault: (code: number, reason: string) => void;
};
export type Acknowledge = (answer: Json) => void;

const REQUEST = '["request",';
/** Absent, or a safe integer. */
const ACK_ID = /^\d{0,15}$/;

/** One of these reads one connection. What a client’s library would never send ends it: the errors thrown here. */
export class Decoder extends EventEmitter {
  private connected = false;

  add(chunk: unknown): void {
    if (typeof chunk !== 'string') return this.fault(CLOSE.BINARY_FRAME, 'no binary data');
    if (chunk.length > FRAME_BYTES_MAX || Buffer.byteLength(chunk) > FRAME_BYTES_MAX) {
      return this.fault(CLOSE.FRAME_TOO_LARGE, `at most ${FRAME_BYTES_MAX} bytes a packet`);
    }
    const type = chunk.charCodeAt(0) - 48;
    if (type === PACKET.EVENT) this.event(chunk);
    else if (type === PACKET.CONNECT) this.connect(chunk.slice(1));
    else if (type === PACKET.DISCONNECT) this.decoded({ type, nsp: '/' });
    else if (type === 5 || type === 6) this.fault(CLOSE.BINARY_FRAME, 'no binary data');
    else throw new Error('not a packet that a client sends');
  }

  /** A connection has one session. */
  private connect(text: string): void {
    if (this.connected) throw new Error('connected before');
    if (text !== '' && !text.startsWith('{')) throw new Error('another namespace, or not what proves a login');
    const data: unknown = text === '' ? {} : JSON.parse(text);
    this.connected = true;
    this.decoded({ type: PACKET.CONNECT, nsp: '/', data });
  }

  private event(chunk: string): void {
    const at = chunk.indexOf('[');
    const digits = chunk.slice(1, at);
    if (at < 1 || !ACK_ID.test(digits)) throw new Error('not an event');
    const id = digits === '' ? undefined : Number(digits);
    const body = chunk.slice(at);
    const text = body.slice(REQUEST.length, -1);
    const message = body.startsWith(REQUEST) && body.endsWith(']') ? parsed(text) : undefined;
    if (message !== undefined) this.incoming(id, 'request', text, message);
    else this.unusual(id, body);
  }

  /** Not JSON, another event, none or several arguments, or white space where the libraries put none. */
  private unusual(id: number | undefined, body: string): void {
    const data = parsed(body);
    if (!Array.isArray(data)) return this.fault(CLOSE.NOT_JSON, 'the packet is not JSON');
    const [name, message] = data;
    const text = data.length === 2 && name === 'request' ? written(message) : undefined;
    if (text === undefined) this.incoming(id, 'stray');
    else this.incoming(id, 'request', text, message);
  }

  private fault(code: number, reason: string): void {
    this.incoming(undefined, 'fault', code, reason);
  }

  private incoming(id: number | undefined, ...data: [keyof Incoming, ...unknown[]]): void {
    this.decoded({ type: PACKET.EVENT, nsp: '/', data, ...(id !== undefined && { id }) });
  }

  private decoded(packet: Packet): void {
    this.emit('decoded', packet);
  }

  destroy(): void {}
}

/** undefined: it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** undefined: it is nested too deeply to be written. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
