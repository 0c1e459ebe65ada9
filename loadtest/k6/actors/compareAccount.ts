import type { AccountMirror } from '../checks/accountMirror.ts';
import type { Client } from '../exchange/client.ts';
import { tally } from '../run/tally.ts';
import { pause } from '../run/waiting.ts';
import { judge } from './refusals.ts';

/** How often, and how long apart, the mirror is compared with the account until they are equal. */
const TRIES = 60;
const PAUSE_MS = 250;

/** Others may still trade: it is tried until everything that came fits to everything that is. */
export async function compareAccount(client: Client, mirror: AccountMirror): Promise<void> {
  let differences: string[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await client.ask('account', {});
    if (!answer.ok) return judge(answer, 'account');
    differences = mirror.differences(answer);
    if (differences.length === 0) return;
    await pause(PAUSE_MS);
  }
  tally.fault('mirror_mismatches', differences.join('; '), differences.length);
}
