import { deposit, openAccount } from './accounts/cash.ts';
import { amend, cancel, cancelAll } from './amend.ts';
import { type EngineImage, imageOf } from './image.ts';
import { audit, checkInvariants } from './invariants.ts';
import { changeMarket, closeMarket, createMarket, resolve, sweepOrders, voidMarket } from './lifecycle/markets.ts';
import { settleBatch } from './lifecycle/settle.ts';
import { forgetClientIds, place } from './place.ts';
import { query } from './queries.ts';
import * as R from './records/buffer.ts';
import { COMMAND } from './records/commands.ts';
import { hashBytes, readSnapshot, writeSnapshot } from './snapshot.ts';
import { State } from './state.ts';

export { SNAPSHOT_FORMAT } from './snapshot.ts';
/** Changes when the same commands would give other events: a journal is replayed by the version that wrote it. */
export const ENGINE_VERSION = 1;

/**
 * The exchange as a pure state machine: `apply(command) → events`. No clock, no randomness, no I/O: sequence and time come
 * stamped in the command, so replaying a journal gives the same events and the same state on every machine.
 */
export class Engine {
  private readonly state: State;

  constructor(state = new State()) {
    this.state = state;
  }

  get seq(): number {
    return this.state.seq;
  }
  get time(): number {
    return this.state.time;
  }
  /** uint32 over all events so far. */
  get digest(): number {
    return this.state.digest;
  }

  /**
   * Applies the stamped command at word `at`. Its events are appended to `events`, a DONE last. A refused command gives only
   * its DONE and changes nothing but the sequence.
   */
  apply(i32: Int32Array, f64: Float64Array, at: number, events: R.RecordBuffer): void {
    const state = this.state;
    const seq = f64[(at + R.SEQ) >> 1] as number;
    const time = f64[(at + R.TIME) >> 1] as number;
    if (seq !== state.seq + 1) throw new Error(`command ${seq} after ${state.seq}: the sequence has a gap`);
    if (time < state.time) throw new Error(`time of command ${seq} goes back`);
    state.seq = seq;
    state.time = time;
    state.events = events;
    state.ticket = i32[at + R.TICKET] as number;
    state.fills = 0;
    const from = events.words;
    forgetClientIds(state);
    this.dispatch(i32[at + R.KIND] as number, i32, f64, at);
    state.digest = digestOf(state.digest, events.i32, from, events.words);
  }

  /** Answers the query at word `at`; nothing changes. */
  query(i32: Int32Array, f64: Float64Array, at: number, events: R.RecordBuffer): void {
    this.state.events = events;
    this.state.ticket = i32[at + R.TICKET] as number;
    query(this.state, i32[at + R.KIND] as number, i32, f64, at);
  }

  image(): EngineImage {
    return imageOf(this.state);
  }

  snapshot(): Uint8Array {
    return writeSnapshot(this.state);
  }

  static restore(bytes: Uint8Array): Engine {
    return new Engine(readSnapshot(bytes));
  }

  /** 64 bits over the canonical snapshot, in hex. */
  stateHash(): string {
    return hashBytes(this.snapshot());
  }

  /** Every equality of the design over the whole state; throws at the first that fails. */
  checkInvariants(): void {
    checkInvariants(this.state);
  }

  /** The sum over all accounts and markets: cheap enough for every recovery. */
  audit(): ReturnType<typeof audit> {
    return audit(this.state);
  }

  private dispatch(kind: number, i32: Int32Array, f64: Float64Array, at: number): void {
    const state = this.state;
    switch (kind) {
      case COMMAND.PLACE:
        return place(state, i32, f64, at);
      case COMMAND.CANCEL:
        return cancel(state, i32, f64, at);
      case COMMAND.AMEND:
        return amend(state, i32, f64, at);
      case COMMAND.CANCEL_ALL:
        return cancelAll(state, i32, at);
      case COMMAND.OPEN_ACCOUNT:
        return openAccount(state, i32, f64, at);
      case COMMAND.DEPOSIT:
        return deposit(state, i32, f64, at);
      case COMMAND.CREATE_MARKET:
        return createMarket(state, i32, f64, at);
      case COMMAND.SET_CLOSE_TIME:
      case COMMAND.HALT:
      case COMMAND.RESUME:
      case COMMAND.DISPUTE:
        return changeMarket(state, kind, i32, f64, at);
      case COMMAND.CLOSE:
        return closeMarket(state, i32, at);
      case COMMAND.SWEEP_ORDERS:
        return sweepOrders(state, i32, at);
      case COMMAND.RESOLVE:
        return resolve(state, i32, at);
      case COMMAND.VOID:
        return voidMarket(state, i32, at);
      case COMMAND.SETTLE_BATCH:
        return settleBatch(state, i32, at);
      default:
        throw new Error(`unknown command kind ${kind}`);
    }
  }
}

/** Rolls the words of events into a 32-bit digest: replicas compare it after every batch. */
function digestOf(digest: number, i32: Int32Array, from: number, to: number): number {
  let h = digest | 0;
  for (let w = from; w < to; w++) {
    h = Math.imul(h ^ (i32[w] as number), 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h >>> 0;
}
