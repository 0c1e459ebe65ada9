import { costOf, onlyRemoves } from '../limits/costs.ts';
import type { Session } from './session.ts';

/** 0: the frame may be carried out, and is paid for; otherwise ms until its budget has room. */
export function takeToken(session: Session, message: unknown): number {
  const { budget } = session;
  session.removing = onlyRemoves(message);
  if (budget === undefined) return 0;
  return (session.removing ? budget.cancels : budget.requests).take(session.heardAt, costOf(message));
}
