import { it } from 'vitest';
import { systemBinaries } from '../support/postgres.ts';
import { describeJournal } from './journalSuite.ts';

const binaries = systemBinaries();
if (binaries === null) {
  it.skip('the journal on the system’s PostgreSQL: none in /usr/lib/postgresql or on PATH');
} else {
  describeJournal(`the journal on the system’s ${binaries.postgres}`, { binaries });
}
