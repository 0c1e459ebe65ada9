// A worker thread that asks the database one question.
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../../src/persistence/postgres/connect.ts';

const sql = connect(workerData as string, { applicationName: 'worker', max: 1 });
const [row] = await sql<{ answer: number }[]>`select 42::int8 as answer`;
await sql.end();
parentPort!.postMessage(row!.answer);
