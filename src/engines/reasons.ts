import { CANCEL_REASONS } from '../protocol/answers.ts';

/** The number of a cancel reason in an order's STATE. */
export const REASON = Object.fromEntries(CANCEL_REASONS.map((reason, index) => [reason, index])) as Record<
  (typeof CANCEL_REASONS)[number],
  number
>;
