/**
 * How the embedded server is run: as a journal. Given on the command line, so that they hold whatever the cluster's
 * files say, and change with the release rather than with the cluster's age.
 */
export function serverSettings(port: number): Record<string, string> {
  return {
    // An acknowledgement means durable (see safety.ts, which refuses any server that is set otherwise).
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',

    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: '60',

    // A batch is one row of up to a few hundred kB: room for many before a flush is forced, rare checkpoints.
    wal_buffers: '16MB',
    // What is kept for use again: writing over an old segment allocates nothing on the disk.
    min_wal_size: '1GB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    shared_buffers: '128MB',
    // A new segment is filled as it is written: its 16 MiB of zeroes first held up every commit for 50 ms, four times a second
    // under load (p99 of an acknowledgement 60 ms; without them 27, and a third more acknowledgements).
    wal_init_zero: 'off',

    // Statements are short and prepared; the other cores belong to the engine, and /dev/shm is tiny in containers.
    jit: 'off',
    max_parallel_workers_per_gather: '0',

    // The log names errors, but never repeats a statement: an append carries its whole batch.
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    lc_messages: 'C',
  };
}

/** `-c name=value` for each setting. */
export function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
