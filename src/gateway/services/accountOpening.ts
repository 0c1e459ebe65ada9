import { ACCOUNT, BODY } from '../../engines/records/buffer.ts';
import { AMOUNT, COMMAND } from '../../engines/records/commands.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import { engineRefusal } from './engineRefusal.ts';
import type { Refusal } from './refusal.ts';

/** Opens an account in the engine with its grant. Opening it again changes nothing and succeeds. */
export async function openAccount(
  port: EnginePort,
  account: number,
  grantMicros: number,
): Promise<Refusal | undefined> {
  const { buffer } = port;
  const at = buffer.begin(COMMAND.OPEN_ACCOUNT, BODY + 2);
  buffer.i32[at + ACCOUNT] = account;
  buffer.f64[(at + AMOUNT) / 2] = grantMicros;
  return engineRefusal(await port.request(at));
}
