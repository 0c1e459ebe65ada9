/** One connection as a session sees it: uWebSockets.js today, whatever carries texts both ways tomorrow. */
export interface Transport {
  /** The peer’s address, for API keys that are bound to some. */
  readonly address: string;
  /** Writes messages in order and in one go. A connection that cannot take them is closed by the transport. */
  send(messages: readonly string[]): void;
  /** Bytes written that the peer’s network has not taken yet. */
  bufferedBytes(): number;
  ping(): void;
  /** Ends the connection with a close code; the session’s `ended` follows. */
  close(code: number, reason: string): void;
}
