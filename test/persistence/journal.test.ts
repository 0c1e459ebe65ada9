import { describeJournal } from './journalSuite.ts';

describeJournal('the journal on the embedded PostgreSQL', {});
