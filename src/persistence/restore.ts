import { ENGINE_VERSION, Engine, SNAPSHOT_FORMAT } from '../engines/engine.ts';
import { GENESIS_HASH, type JournalHead } from './journal/batch.ts';
import type { Sql } from './postgres/connect.ts';
import { loadNewestSnapshot } from './snapshots/readSnapshots.ts';
import type { SnapshotInfo } from './snapshots/snapshot.ts';

/** The shard was left by a version of the engine that this one does not go on from. */
export class UnknownVersion extends Error {
  override name = 'UnknownVersion';
}

export interface EngineFactory {
  /** Written into snapshots, and demanded of them. */
  readonly engineVersion: string;
  readonly formatVersion: number;
  create(): Engine;
  restore(snapshot: Uint8Array): Engine;
}

export const thisEngine: EngineFactory = {
  engineVersion: String(ENGINE_VERSION),
  formatVersion: SNAPSHOT_FORMAT,
  create: () => new Engine(),
  restore: (snapshot) => Engine.restore(snapshot),
};

export const stateHashBytes = (engine: Engine): Buffer => Buffer.from(engine.stateHash(), 'hex');

/**
 * The newest intact snapshot, at most at `notBeyond`, as a running engine, and where the journal goes on from it; a new
 * engine at the journal’s beginning where there is none. Damaged snapshots are passed over, and `onTrouble` hears of them.
 * Throws UnknownVersion for one of another engine or format: an older one would be replayed by the wrong engine.
 */
export async function restoreNewest(
  sql: Sql,
  shard: number,
  factory: EngineFactory,
  notBeyond: number,
  onTrouble: (message: string) => void,
): Promise<{ engine: Engine; head: JournalHead }> {
  const name = (info: SnapshotInfo): string => `snapshot ${info.id} of shard ${shard} at ${info.seq}`;
  let limit = notBeyond;
  for (;;) {
    const snapshot = await loadNewestSnapshot(sql, shard, {
      accept: (info) => {
        if (info.seq > limit) return false;
        if (info.engineVersion === factory.engineVersion && info.formatVersion === factory.formatVersion) return true;
        throw new UnknownVersion(
          `${name(info)} was written by engine version ${info.engineVersion} in format ${info.formatVersion}; this is engine ` +
            `version ${factory.engineVersion} with format ${factory.formatVersion}: start the version that wrote it`,
        );
      },
      onDamaged: (info, reason) => onTrouble(`${name(info)} is damaged: ${reason}`),
    });
    if (snapshot === null) return { engine: factory.create(), head: { lastSeq: 0, hash: GENESIS_HASH } };
    const engine = factory.restore(snapshot.payload);
    if (engine.seq === snapshot.seq && stateHashBytes(engine).equals(Buffer.from(snapshot.stateHash))) {
      return { engine, head: { lastSeq: snapshot.seq, hash: snapshot.journalHash } };
    }
    onTrouble(`${name(snapshot)} does not restore to its state hash`);
    limit = snapshot.seq - 1;
  }
}
