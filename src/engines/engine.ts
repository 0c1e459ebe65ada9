import { deposit, openAccount } from './accounts/cash.ts';
import { setAccountRisk } from './accounts/risk.ts';
import { amend } from './amend.ts';
import { batch } from './batch.ts';
import { cancel, cancelAll } from './cancel.ts';
import { cancelAfter } from './connections/cancelAfter.ts';
import { connection } from './connections/connection.ts';
import { expireOrders } from './expire.ts';
import { type EngineImage, imageOf } from './image.ts';
import { audit, checkInvariants } from './invariants.ts';
import { closeMarket } from './lifecycle/close.ts';
import { configureMarket, topUp } from './lifecycle/configure.ts';
import { createMarket } from './lifecycle/create.ts';
import { resolve } from './lifecycle/resolve.ts';
import { settleBatch } from './lifecycle/settle.ts';
import { dispute, halt, resume, setCloseTime } from './lifecycle/status.ts';
import { sweepOrders } from './lifecycle/sweep.ts';
import { voidMarket } from './lifecycle/void.ts';
import { forgetClientIds, place } from './place.ts';
import { query } from './queries.ts';
import { cancelQuotes } from './quotes/cancelQuotes.ts';
import { configureGroup } from './quotes/configureGroup.ts';
import { massQuote } from './quotes/massQuote.ts';
import type { RecordBuffer } from './records/buffer.ts';
import * as CommandLayout from './records/commands.ts';
import * as RecordLayout from './records/header.ts';
import { hashBytes, readSnapshot, writeSnapshot } from './snapshot.ts';
import { type Reserve, State } from './state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const R = { ...RecordLayout };
const { COMMAND } = CommandLayout;

export { SNAPSHOT_FORMAT, SNAPSHOT_FORMAT_BEFORE } from './snapshot.ts';
/** Changes when the same commands would give other events: a journal is replayed by the version that wrote it. */
export const ENGINE_VERSION = 4;
/**
 * Versions whose journals this one replays to the same events. Version 2 knew no quotes and no connections; both let a
 * reduce-only order go on when its own account’s set had taken its shares: a journal with that ends in a Divergence.
 */
export const COMPATIBLE_ENGINE_VERSIONS: readonly number[] = [2, 3];

/**
 * The exchange as a pure state machine: `apply(command) → events`. No clock, no randomness, no I/O: sequence and time come
 * stamped in the command, so replaying a journal gives the same events and the same state on every machine.
 */
export class Engine {
  private readonly state: State;

  constructor(state = new State()) {
    this.state = state;
  }

  /** With room for so much before a table has to grow, which stalls the loop for the copy. */
  static reserving(reserve: Reserve): Engine {
    return new Engine(new State(reserve));
  }

  get seq(): number {
    return this.state.seq;
  }
  get time(): number {
    return this.state.time;
  }
  /**
   * When the next order expires or the next dead-man's switch is due, in ms; Infinity none. Who stamps the time sends
   * EXPIRE_ORDERS when it has come.
   */
  get nextExpiry(): number {
    const { expiries, orders, connections } = this.state;
    return Math.min(expiries.next(orders), connections.deadlines.next);
  }
  /** uint32 over what all events so far said. */
  get digest(): number {
    return this.state.digest >>> 0;
  }

  /**
   * Applies the stamped command at word `at`. Its events are appended to `events`, a DONE last. A refused command gives only
   * its DONE and changes nothing but the sequence.
   */
  apply(i32: Int32Array, f64: Float64Array, at: number, events: RecordBuffer): void {
    const state = this.state;
    const seq = f64[(at + R.SEQ) >> 1] as number;
    const time = f64[(at + R.TIME) >> 1] as number;
    if (seq !== state.seq + 1) return outOfSequence(seq, state.seq);
    if (time < state.time) return timeGoesBack(seq);
    state.seq = seq;
    state.time = time;
    state.events = events;
    state.ticket = i32[at + R.TICKET] as number;
    state.touched = 0;
    if (state.clientIds.anyEnded) forgetClientIds(state);
    this.dispatch(i32[at + R.KIND] as number, i32, f64, at);
  }

  /** Answers the query at word `at`; nothing changes. */
  query(i32: Int32Array, f64: Float64Array, at: number, events: RecordBuffer): void {
    this.state.events = events;
    this.state.ticket = i32[at + R.TICKET] as number;
    const { digest } = this.state;
    query(this.state, i32[at + R.KIND] as number, i32, f64, at);
    this.state.digest = digest;
  }

  image(): EngineImage {
    return imageOf(this.state);
  }

  snapshot(): Uint8Array {
    return writeSnapshot(this.state);
  }

  static restore(bytes: Uint8Array, reserve?: Reserve): Engine {
    return new Engine(readSnapshot(bytes, reserve));
  }

  /** 64 bits over the canonical snapshot, in hex; in an older format, what the version that wrote it gave. */
  stateHash(format?: number): string {
    return hashBytes(writeSnapshot(this.state, format));
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
      case COMMAND.BATCH:
        return batch(state, i32, f64, at);
      case COMMAND.EXPIRE_ORDERS:
        return expireOrders(state, i32, at);
      case COMMAND.CONFIGURE_MARKET:
        return configureMarket(state, i32, at);
      case COMMAND.TOP_UP:
        return topUp(state, i32, f64, at);
      case COMMAND.SET_ACCOUNT_RISK:
        return setAccountRisk(state, i32, at);
      case COMMAND.QUOTES:
        return massQuote(state, i32, f64, at);
      case COMMAND.CANCEL_QUOTES:
        return cancelQuotes(state, i32, at);
      case COMMAND.QUOTE_GROUP:
        return configureGroup(state, i32, f64, at);
      case COMMAND.CONNECTION:
        return connection(state, i32, at);
      case COMMAND.CANCEL_AFTER:
        return cancelAfter(state, i32, f64, at);
      case COMMAND.SET_CLOSE_TIME:
        return setCloseTime(state, i32, f64, at);
      case COMMAND.HALT:
        return halt(state, i32, at);
      case COMMAND.RESUME:
        return resume(state, i32, at);
      case COMMAND.DISPUTE:
        return dispute(state, i32, at);
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
        return unknownKind(kind);
    }
  }
}

// Functions of their own: the compiler puts the numbers of a message into text before it looks whether there is one, for every
// command (1.1 × the engine).
function outOfSequence(seq: number, last: number): never {
  throw new Error(`command ${seq} after ${last}: the sequence has a gap`);
}
function timeGoesBack(seq: number): never {
  throw new Error(`time of command ${seq} goes back`);
}
function unknownKind(kind: number): never {
  throw new Error(`unknown command kind ${kind}`);
}
