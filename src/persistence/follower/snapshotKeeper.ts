import { keepSnapshot } from '../keepSnapshot.ts';
import type { Sql } from '../postgres/connect.ts';
import type { Replay } from '../replay.ts';
import type { EngineFactory } from '../restore.ts';
import { pruneSnapshots } from '../snapshots/pruneSnapshots.ts';

export interface SnapshotSchedule {
  /** Bounds what a restart has to replay. */
  everyCommands: number;
  everyMs: number;
}

/** Writes snapshots when they are due, reads each one back, and keeps the newest good ones. */
export class SnapshotKeeper {
  private readonly sql: Sql;
  private readonly shard: number;
  private readonly factory: EngineFactory;
  private readonly onTrouble: (message: string) => void;
  private readonly schedule: SnapshotSchedule;
  private lastSeq: number;
  private lastAt = performance.now();

  /** `lastSeq` is where the newest snapshot is. */
  constructor(
    sql: Sql,
    shard: number,
    factory: EngineFactory,
    lastSeq: number,
    onTrouble: (message: string) => void,
    schedule: SnapshotSchedule,
  ) {
    this.sql = sql;
    this.shard = shard;
    this.factory = factory;
    this.lastSeq = lastSeq;
    this.onTrouble = onTrouble;
    this.schedule = schedule;
  }

  isDueByCommands(seq: number): boolean {
    return seq - this.lastSeq >= this.schedule.everyCommands;
  }

  isDue(seq: number): boolean {
    return (
      this.isDueByCommands(seq) || (seq > this.lastSeq && performance.now() - this.lastAt >= this.schedule.everyMs)
    );
  }

  /**
   * Writes the state after the last batch, unless that is what the newest snapshot holds. One that cannot be written or
   * does not read back is reported, and tried again when the next one is due: the journal has everything.
   */
  async write(replay: Replay): Promise<void> {
    const { head } = replay;
    if (head.lastSeq <= this.lastSeq) return;
    this.lastSeq = head.lastSeq;
    this.lastAt = performance.now();
    try {
      await keepSnapshot(this.sql, this.shard, this.factory, replay.engine, head);
      await pruneSnapshots(this.sql, this.shard);
    } catch (error) {
      this.onTrouble(`snapshot: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
