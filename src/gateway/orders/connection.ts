import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';

type Port = { readonly buffer: R.RecordBuffer };

/** What becomes of an account’s connection: see CONNECTION_ACTIONS. `connection` is a number that ARM gave. */
export function encodeConnection(
  { buffer }: Port,
  account: number,
  action: keyof typeof C.CONNECTION_ACTIONS,
  connection = 0,
): number {
  const at = buffer.begin(C.COMMAND.CONNECTION, C.CONNECTION_WORDS);
  const { i32 } = buffer;
  i32[at + R.ACCOUNT] = account;
  i32[at + R.MARKET] = -1;
  i32[at + C.CONNECTION_ACTION] = C.CONNECTION_ACTIONS[action];
  i32[at + C.CONNECTION_NUMBER] = connection;
  return at;
}

/** The dead-man’s switch: all orders of the account are canceled so many ms later; 0: never. */
export function encodeCancelAfter({ buffer }: Port, account: number, timeoutMs: number): number {
  const at = buffer.begin(C.COMMAND.CANCEL_AFTER, C.CANCEL_AFTER_WORDS);
  buffer.i32[at + R.ACCOUNT] = account;
  buffer.i32[at + R.MARKET] = -1;
  buffer.f64[(at + C.CANCEL_AFTER_MS) >> 1] = timeoutMs;
  return at;
}
