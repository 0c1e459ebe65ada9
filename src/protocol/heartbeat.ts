/** A channel that has said nothing for so long beats, within a second. Published as `heartbeatMs`. */
export const HEARTBEAT_MS = 5_000;
