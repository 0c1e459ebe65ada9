import * as R from '../engines/records/buffer.ts';
import * as C from '../engines/records/commands.ts';
import type { ErrorCode } from '../protocol/errors.ts';
import type { CommandPort } from './ports.ts';

/** The engine could not take a proposal now: the job is tried again. */
export class NotTaken extends Error {
  override name = 'NotTaken';
}

/** `conflict`: the market’s state does not allow it, mostly because somebody has done it already. */
export type Proposal = { conflict: boolean; count: number; seq: number };

/** Sends one idempotent lifecycle command, `count` being how many orders or holders it takes at most. */
export async function propose(
  port: CommandPort,
  kind: 'CLOSE' | 'SWEEP_ORDERS' | 'SETTLE_BATCH',
  market: number,
  count = 0,
): Promise<Proposal> {
  const { buffer } = port;
  const at = buffer.begin(C.COMMAND[kind], kind === 'CLOSE' ? R.BODY : C.BATCH_COUNT + 1);
  buffer.i32[at + R.ACCOUNT] = C.HOUSE;
  buffer.i32[at + R.MARKET] = market;
  if (kind !== 'CLOSE') buffer.i32[at + C.BATCH_COUNT] = count;
  const reply = await port.request(at);
  if (reply.code !== undefined && reply.code !== 'CONFLICT') throw refused(kind, market, reply.code);
  return { conflict: reply.code === 'CONFLICT', count: reply.count, seq: reply.seq };
}

const refused = (kind: string, market: number, code: ErrorCode): NotTaken =>
  new NotTaken(`${kind} of market ${market} was answered with ${code}`);
