import type { AccountMirror } from '../checks/accountMirror.ts';
import type { Client } from '../exchange/client.ts';
import { tally } from '../run/tally.ts';
import { pause } from '../run/waiting.ts';
import { judge } from './refusals.ts';

/** Between two comparisons. */
const PAUSE_MS = 250;

/** Others may still trade: it is tried for some time whether everything that came fits to everything that is. */
export async function compareAccount(client: Client, mirror: AccountMirror, timeoutMs: number): Promise<void> {
  let differences: string[] = [];
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await pause(PAUSE_MS)) {
    const answer = await client.ask('account', {});
    if (!answer.ok) return judge(answer, 'account');
    differences = mirror.differences(answer);
    if (differences.length === 0) return;
  }
  tally.fault('mirror_mismatches', differences.join('; '), differences.length);
}
