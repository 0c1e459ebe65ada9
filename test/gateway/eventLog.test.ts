import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer, SEQ } from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import { BALANCE_WORDS, EVENT } from '../../src/engines/records/events.ts';
import { EventLog } from '../../src/gateway/streams/eventLog.ts';
import { begin, writeDone, writeLevel } from './support/records.ts';

const LOG_BYTES = 8 * 1024;
const group = fc.record({
  markets: fc.array(fc.nat(3), { maxLength: 3 }),
  accounts: fc.array(fc.nat(3), { maxLength: 3 }),
  padding: fc.nat(8),
});

test('a chain is what a list of everything would give, or says that it does not reach back', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 120, size: 'max' }), fc.nat(3), fc.nat(130), (groups, key, since) => {
      const log = new EventLog(0, LOG_BYTES);
      const events = new RecordBuffer();
      const byMarket: number[] = [];
      const byAccount: number[] = [];
      for (const [i, { markets, accounts, padding }] of groups.entries()) {
        const seq = i + 1;
        events.clear();
        for (const market of markets) writeLevel(events, { outcome: 0, side: 0, price: 1, lots: seq }, seq, market);
        for (const account of accounts) begin(events, EVENT.BALANCE, BALANCE_WORDS + padding * 2, seq, account);
        log.append(events, 0, writeDone(events, COMMAND.PLACE, seq));
        if (markets.includes(key)) byMarket.push(seq);
        if (accounts.includes(key)) byAccount.push(seq);
      }
      const seqs = (found: number[] | undefined) => found?.map((start) => log.f64[(start + SEQ) >> 1]);
      for (const [found, all] of [
        [seqs(log.groupsOfMarket(key, since)), byMarket],
        [seqs(log.groupsOfAccount(key, since)), byAccount],
      ] as const) {
        const expected = all.filter((seq) => seq > since);
        // What the ring has room for however the groups fall: everything of the last eighth.
        const mustReach = expected.length === 0 || since >= groups.length - LOG_BYTES / 4 / 8 / 26;
        if (found !== undefined || mustReach) expect(found).toEqual(expected);
      }
      const recent = seqs(log.recentOfMarket(key, 5)) ?? [];
      expect(recent).toEqual(byMarket.toReversed().slice(0, recent.length));
    }),
    { numRuns: 500, seed: 7 },
  );
});

test('a command too large to keep ends what can be resumed', () => {
  const log = new EventLog(0, LOG_BYTES);
  const events = new RecordBuffer();
  for (let i = 0; i < 200; i++) writeLevel(events, { outcome: 0, side: 0, price: 1, lots: 1 }, 1, 0);
  log.append(events, 0, writeDone(events, COMMAND.CANCEL_ALL, 1));
  expect(log.groupsOfMarket(0, 0)).toBeUndefined();
  expect(log.groupsOfMarket(0, 1)).toEqual([]);
});
