import {
  COMPATIBLE_ENGINE_VERSIONS,
  ENGINE_VERSION,
  Engine,
  SNAPSHOT_FORMAT,
  SNAPSHOT_FORMAT_BEFORE,
} from '../engines/engine.ts';
import { SERVER } from '../engines/state.ts';
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
  /** Versions whose journals this one replays to the same events, and formats that it reads, besides its own. */
  readonly compatibleVersions: readonly string[];
  readonly readableFormats: readonly number[];
  create(): Engine;
  restore(snapshot: Uint8Array): Engine;
}

export const thisEngine: EngineFactory = {
  engineVersion: String(ENGINE_VERSION),
  formatVersion: SNAPSHOT_FORMAT,
  compatibleVersions: COMPATIBLE_ENGINE_VERSIONS.map(String),
  readableFormats: [SNAPSHOT_FORMAT_BEFORE],
  create: () => Engine.reserving(SERVER),
  restore: (snapshot) => Engine.restore(snapshot, SERVER),
};

/** Of a snapshot’s bytes in the given format; without one in this version’s. */
export const stateHashBytes = (engine: Engine, format?: number): Buffer => Buffer.from(engine.stateHash(format), 'hex');

const replays = ({ engineVersion, compatibleVersions }: EngineFactory, version: string): boolean =>
  version === engineVersion || compatibleVersions.includes(version);
const reads = ({ formatVersion, readableFormats }: EngineFactory, format: number): boolean =>
  format === formatVersion || readableFormats.includes(format);

export interface RestoreOptions {
  engineFactory: EngineFactory;
  /** Snapshots beyond are passed over. */
  notBeyond?: number;
  /** Where the journal ends: a snapshot there may be of another engine version, for nothing has to be replayed. */
  journalEnd?: number;
  /** Hears of damaged snapshots, which are passed over. */
  onTrouble: (message: string) => void;
}

export interface Restored {
  engine: Engine;
  /** Where the journal goes on. */
  head: JournalHead;
  /** The snapshot was written by another engine version. */
  foreign: boolean;
}

/**
 * The newest intact snapshot as a running engine, or a new engine at the journal’s beginning where there is none. Throws
 * UnknownVersion for a snapshot of another engine or format that this one is not compatible with: an older one would be
 * replayed by the wrong engine.
 */
export async function restoreNewest(sql: Sql, shard: number, options: RestoreOptions): Promise<Restored> {
  const { engineFactory: factory, onTrouble } = options;
  const name = (info: SnapshotInfo): string => `snapshot ${info.id} of shard ${shard} at ${info.seq}`;
  let limit = options.notBeyond ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    const snapshot = await loadNewestSnapshot(sql, shard, {
      accept: (info) => {
        if (info.seq > limit) return false;
        const known = replays(factory, info.engineVersion) || info.seq === options.journalEnd;
        if (known && reads(factory, info.formatVersion)) return true;
        throw new UnknownVersion(
          `${name(info)} was written by engine version ${info.engineVersion} in format ${info.formatVersion}; this is engine ` +
            `version ${factory.engineVersion} with format ${factory.formatVersion}: start the version that wrote it, stop it ` +
            'cleanly, and then start this one',
        );
      },
      onDamaged: (info, reason) => onTrouble(`${name(info)} is damaged: ${reason}`),
    });
    if (snapshot === null)
      return { engine: factory.create(), head: { lastSeq: 0, hash: GENESIS_HASH }, foreign: false };
    const engine = factory.restore(snapshot.payload);
    const hash = stateHashBytes(engine, snapshot.formatVersion);
    if (engine.seq === snapshot.seq && hash.equals(Buffer.from(snapshot.stateHash))) {
      const foreign = snapshot.engineVersion !== factory.engineVersion;
      return { engine, head: { lastSeq: snapshot.seq, hash: snapshot.journalHash }, foreign };
    }
    onTrouble(`${name(snapshot)} does not restore to its state hash`);
    limit = snapshot.seq - 1;
  }
}
