import type { EnginePort } from '../engine-port/enginePort.ts';
import { openAccountRecord } from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import type { Refusal } from './refusal.ts';

/** Opens an account in the engine with its grant. Opening it again changes nothing and succeeds. */
export const openAccount = async (
  port: EnginePort,
  account: number,
  grantMicros: number,
): Promise<Refusal | undefined> => engineRefusal(await port.request(openAccountRecord(port, account, grantMicros)));
