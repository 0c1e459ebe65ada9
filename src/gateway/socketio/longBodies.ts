import { PAYLOAD_BYTES_MAX, POLL_BYTES_MAX } from '../sessions/limits.ts';

/** What the library’s transport for polling has, and its types keep to themselves. */
type Polling = {
  maxHttpBufferSize: number;
  onData(body: string): void;
  onPacket(packet: { type: 'message'; data: string }): void;
};

/**
 * Has a connection by polling told that it sent too much. The library refuses a long body with 413 and ends the connection through
 * the poll that is open, which is mostly heard first, as an end without a reason. Here the body is read as far as a WebSocket’s frame
 * would be, and taken for one packet, whatever is in it: longer than any may be, it is closed with a code as they are.
 */
export function tellOfLongBodies(transport: object): void {
  const polling: Polling = Object(transport);
  const split = polling.onData.bind(polling);
  polling.maxHttpBufferSize = PAYLOAD_BYTES_MAX;
  polling.onData = (body) => {
    if (body.length <= POLL_BYTES_MAX) split(body);
    else polling.onPacket({ type: 'message', data: body });
  };
}
