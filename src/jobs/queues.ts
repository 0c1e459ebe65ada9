import { createPostgresBackend, type Job, PostgresConnection, Queue, Worker, withBackend } from 'bullmq';
import { ConfigError } from '../config.ts';

/** What a job is told. Numbers and texts alone: it travels as JSON. */
export type JobData = { market?: number; seq?: number };
export type NewJob = {
  name: string;
  /** Without ':'. Adding a known id does nothing; the id is free again when its job has ended, whichever way. */
  id: string;
  data: JobData;
  delayMs: number;
};
export type RunningJob = {
  name: string;
  data: JobData;
  /** Kept with the job, for whoever looks at the queue. */
  progress(value: object): Promise<void>;
};
export type EndedJob = { queue: string; id: string; name: string; data: JobData; error: Error; attempts: number };

export type QueueOptions = {
  name: string;
  /** Jobs at once in this process. */
  concurrency: number;
  attempts: number;
  /** Wait before the second attempt; doubles with each one. */
  backoffMs: number;
  run: (job: RunningJob) => Promise<void>;
  /** An attempt failed and there will be another one. */
  onRetry: (job: EndedJob) => void;
  /** A job has given up. */
  onFailed: (job: EndedJob) => void;
  /** The connection or the queue is in trouble; it goes on by itself. */
  onTrouble: (error: Error) => void;
};

export interface JobQueue {
  add(jobs: readonly NewJob[]): Promise<void>;
  /** A job of this name at once and then every so often; one schedule for all processes. */
  every(everyMs: number, name: string): Promise<void>;
  /** Starts to work. Until then jobs are only added. */
  start(): void;
  /** Waits for the jobs under way, at most `timeoutMs`, then leaves them. */
  close(timeoutMs: number): Promise<void>;
}

/** The jobs’ tables, apart from ours: BullMQ migrates them itself. */
const SCHEMA = 'brier_jobs';
const PREFIX = 'brier';
/** Each queue has two pools (to add, to work) and a connection that listens. */
const POOL_MAX = 2;
const READY_TIMEOUT_MS = 15_000;
/** A Redis that is started beside us has so long to answer; then its URL is taken for wrong, and the start ends. */
const REDIS_READY_TIMEOUT_MS = 5_000;
/** After trouble with the connection a worker asks again. */
const RETRY_AFTER_TROUBLE_MS = 2_000;
/** An add fails after so many attempts to reconnect instead of waiting: the sweep plans it again. */
const REDIS_RETRIES_MAX = 3;
const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 1_000;
const LEAVE_TIMEOUT_MS = 2_000;
const JOBS_PER_ADD_MAX = 500;

const postgres = withBackend(createPostgresBackend);

/** Where jobs are kept. */
export type JobStore = { redisUrl: string } | { databaseUrl: string };

/** Makes the jobs’ own tables, or brings them up to this release. Does nothing where they stand, and on Redis. */
export async function migrateStore(store: JobStore): Promise<void> {
  if ('redisUrl' in store) return;
  const connection = new PostgresConnection({
    connectionString: store.databaseUrl,
    schema: SCHEMA,
    migrate: true,
    max: 1,
    application_name: 'brier-jobs-migrate',
  });
  try {
    await within(READY_TIMEOUT_MS, connection.waitUntilReady());
  } finally {
    await connection.close();
  }
}

/** Throws when the store does not answer: a {@link ConfigError} that says what was tried where it is Redis. */
export async function openQueue(store: JobStore, options: QueueOptions): Promise<JobQueue> {
  let isOpen = false;
  let trouble: Error | undefined;
  // What goes wrong before it is open is told once, by what is thrown.
  const onTrouble = (error: Error): void => {
    trouble = error;
    if (isOpen) options.onTrouble(error);
  };
  const both =
    'redisUrl' in store
      ? onRedis(store.redisUrl, { ...options, onTrouble })
      : onPostgres(store, { ...options, onTrouble });
  const { queue, worker } = both;
  try {
    const timeoutMs = 'redisUrl' in store ? REDIS_READY_TIMEOUT_MS : READY_TIMEOUT_MS;
    await within(timeoutMs, Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]));
  } catch (error) {
    const left = leave(both);
    const reason = trouble ?? (error as Error);
    // A connection that never was has nothing to wait for.
    if ('redisUrl' in store) throw noRedis(store.redisUrl, reason);
    await left;
    throw new Error(`the job queue could not be opened in PostgreSQL: ${reason.message}`);
  }
  isOpen = true;
  const jobOptions = {
    attempts: options.attempts,
    backoff: { type: 'exponential', delay: options.backoffMs },
    removeOnComplete: true,
    removeOnFail: true,
  };
  return {
    async add(jobs) {
      for (let from = 0; from < jobs.length; from += JOBS_PER_ADD_MAX) {
        await queue.addBulk(
          jobs.slice(from, from + JOBS_PER_ADD_MAX).map(({ name, id, data, delayMs }) => ({
            name,
            data,
            opts: { ...jobOptions, jobId: id, delay: Math.max(0, Math.ceil(delayMs)) },
          })),
        );
      }
    },
    async every(everyMs, name) {
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts: jobOptions });
    },
    start() {
      worker.run().catch((error: unknown) => options.onTrouble(error as Error));
    },
    async close(timeoutMs) {
      const closed = await within(timeoutMs, worker.close()).then(
        () => true,
        () => false,
      );
      if (closed) await within(timeoutMs, queue.close()).catch(options.onTrouble);
      else await leave(both);
    },
  };
}

/** Of the URL only what is no secret: neither user nor password, which may also stand in its parameters. */
function noRedis(url: string, error: NodeJS.ErrnoException): ConfigError {
  const { protocol, host } = new URL(url);
  // Several addresses of one name give an error without a message.
  const reason = error.message === '' ? error.code : error.message;
  return new ConfigError(`REDIS_URL: no Redis could be used at ${protocol}//${host}: ${reason}`);
}

/** What both backends have in common. */
type Data = {
  queue: Pick<
    Queue<JobData, void, string>,
    'addBulk' | 'upsertJobScheduler' | 'close' | 'disconnect' | 'waitUntilReady'
  >;
  worker: Pick<Worker<JobData, void, string>, 'run' | 'close' | 'disconnect' | 'waitUntilReady'>;
  /** Gives up on a server that is away: what waits for it ends. */
  abandon: () => void;
};

function onRedis(url: string, options: QueueOptions): Data {
  const { name, onTrouble } = options;
  let abandoned = false;
  const connection = {
    url,
    maxRetriesPerRequest: REDIS_RETRIES_MAX,
    retryStrategy: (attempt: number) =>
      abandoned ? null : Math.min(RECONNECT_FIRST_MS * 2 ** attempt, RECONNECT_MAX_MS),
  };
  const queue = new Queue<JobData, void, string>(name, { connection, prefix: PREFIX });
  const worker = new Worker<JobData, void, string>(name, processor(options), {
    ...workerOptions(options),
    connection: { ...connection, maxRetriesPerRequest: null },
    prefix: PREFIX,
  });
  queue.on('error', onTrouble);
  worker.on('error', onTrouble).on('failed', failure(options));
  const abandon = (): void => {
    abandoned = true;
  };
  return { queue, worker, abandon };
}

function onPostgres({ databaseUrl }: { databaseUrl: string }, options: QueueOptions): Data {
  const { name, onTrouble } = options;
  const connection = {
    connectionString: databaseUrl,
    schema: SCHEMA,
    max: POOL_MAX,
    application_name: 'brier-jobs',
    // Losing jobs is no harm, the sweep finds the work again: they need not wait for the journal’s disk.
    options: '-c synchronous_commit=off',
  };
  const queue = new postgres.Queue<JobData, void, string>(name, { connection });
  const worker = new postgres.Worker<JobData, void, string>(name, processor(options), {
    ...workerOptions(options),
    connection,
  });
  queue.on('error', onTrouble);
  worker.on('error', onTrouble).on('failed', failure(options));
  return { queue, worker, abandon: () => {} };
}

const workerOptions = ({ concurrency }: QueueOptions) => ({
  concurrency,
  autorun: false,
  runRetryDelay: RETRY_AFTER_TROUBLE_MS,
});

const processor =
  ({ run }: QueueOptions) =>
  (job: Job<JobData, void, string>): Promise<void> =>
    run({ name: job.name, data: job.data, progress: (value) => job.updateProgress(value) });

const failure =
  ({ name: queue, onRetry, onFailed }: QueueOptions) =>
  (job: Job<JobData, void, string> | undefined, error: Error): void => {
    if (job === undefined) return;
    const { id = '', name, data, attemptsMade: attempts, finishedOn } = job;
    (finishedOn === undefined ? onRetry : onFailed)({ queue, id, name, data, error, attempts });
  };

/** Closes without waiting for anything that might never come. */
async function leave({ queue, worker, abandon }: Data): Promise<void> {
  abandon();
  const closing = [worker.close(true), queue.disconnect(), worker.disconnect()];
  await within(LEAVE_TIMEOUT_MS, Promise.allSettled(closing)).catch(() => {});
}

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
