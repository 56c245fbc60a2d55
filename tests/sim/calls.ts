import type { Effect, Outcome, State } from "../../elector/state.ts";
import type { Instant } from "../../lock/mod.ts";
import { Violation } from "../model/checks.ts";
import type { Commit, WriteRequest } from "../model/store.ts";
import { nameOf } from "./observer.ts";
import type { InFlight, Process, Seat } from "./process.ts";
import { tellCall, tellOutcome } from "./story.ts";
import type { World } from "./world.ts";

type CallEffect = Extract<Effect, { type: "call" }>;

const FAILED: Outcome = { type: "failed" };
const DENIED: Outcome = { type: "failed", permanent: true };
/** Stands for a refusal that asks to wait, until the waiting process's clock is known. */
const LIMITED: Outcome = { type: "failed", retryAt: 0 };

/** What becomes of calls between processes and the gist: the part of the lock and its stores. */
export class Calls {
  readonly #world: World;

  /** Makes the calls of a world. */
  constructor(world: World) {
    this.#world = world;
  }

  /** A write reaches the gist. */
  arrive(inFlight: InFlight, write: WriteRequest, seat: Seat): void {
    if (seat.isRevoked) inFlight.outcome = DENIED;
    else if (this.#world.gist.limitedUntil > this.#world.now) inFlight.outcome = LIMITED;
    else {
      this.#apply(write);
      inFlight.outcome = this.#world.gist.judge(write);
      inFlight.seen = this.#world.gist.head;
    }
  }

  #apply(write: WriteRequest): void {
    const tookEffect = this.#world.gist.write(write, this.#world.now);
    if (this.#world.trace.isTold) {
      this.#world.tell(
        `  ${write.purpose} of session ${write.session} ${tookEffect ? "lands" : "is void"}`,
      );
    }
    if (!tookEffect) return;
    const process = this.#world.bySession.get(write.session);
    if (!process || write.purpose === "release") return;
    // A wall clock that was set back meanwhile says nothing about which of two writes left first.
    process.effective = process.seat.isSetBack
      ? { ...write, sentAt: { monotonic: write.sentAt.monotonic, wall: Infinity } }
      : write;
    if (write.purpose !== "renew") process.claimIndex = this.#world.gist.head.index;
  }

  /** The sender waits no longer for what it has sent: it may yet arrive. */
  orphan(process: Process): void {
    const { inFlight } = process;
    process.inFlight = undefined;
    process.last = undefined;
    const write = inFlight?.write;
    if (!write || inFlight.arriveAt === Infinity) return;
    this.#arriveLate(write, inFlight.arriveAt);
  }

  /** What becomes of a call that was given up may yet be heard. */
  hearLate(process: Process, id: number): void {
    if (!this.#world.fate.chance(0.25)) return;
    this.#world.queue.add(this.#world.now + this.#world.fate.between(0, 100), () => {
      if (process.isDead || process.pausedUntil > this.#world.now) return;
      this.#world.dispatch(process, { type: "answer", id, outcome: FAILED });
    });
  }

  #arriveLate(write: WriteRequest, at: number): void {
    this.#world.queue.add(at, () => {
      if (this.#world.gist.limitedUntil <= this.#world.now) this.#apply(write);
    });
  }

  /** A call is answered, or fails, or its time has come to fail. */
  answer(process: Process, inFlight: InFlight): void {
    const { write, lag, id } = inFlight;
    let outcome = inFlight.outcome ?? FAILED;
    let { seen } = inFlight;
    if (!inFlight.isError && !write) {
      seen = this.#world.gist.headAt(this.#world.now - lag);
      outcome = this.#read(process, seen);
    }
    if (inFlight.isError) outcome = FAILED;
    else if (outcome === LIMITED) outcome = this.#limit(process);
    process.inFlight = undefined;
    // An answer that never came does not mean that the write never will.
    if (write && inFlight.arriveAt !== Infinity) this.#arriveLate(write, inFlight.arriveAt);
    process.last = outcome.type === "failed" || outcome.type === "conflict" ? undefined : seen;
    if (this.#world.trace.isTold) {
      this.#world.tell(`${nameOf(process)} hears: ${tellOutcome(outcome)}`);
    }
    this.#world.dispatch(process, { type: "answer", id, outcome });
  }

  #read({ seat, session }: Process, seen: Commit): Outcome {
    if (seat.isRevoked) return DENIED;
    if (this.#world.gist.limitedUntil > this.#world.now) return LIMITED;
    return this.#world.gist.read(seen, session);
  }

  #limit(process: Process): Outcome {
    const monotonic = process.seat.clock.monotonicAt(this.#world.now);
    const wait = Math.max(1, Math.ceil((this.#world.gist.limitedUntil - this.#world.now) / 1_000)) *
      1_000;
    process.limitedUntil = Math.max(process.limitedUntil, monotonic + wait);
    return { type: "failed", retryAt: monotonic + wait };
  }

  /** A call leaves, at these readings of its sender's clocks. */
  send(process: Process, effect: CallEffect, before: State, clocks: Instant): void {
    const { call: { id, purpose }, record } = effect;
    const { seat, session, last } = process;
    this.#world.observer.call(effect, before, process, clocks, this.#world.now);
    let write: WriteRequest | undefined;
    if (record && purpose !== "look") {
      process.sentWrites++;
      const base = baseOf(effect, last);
      const sequence = ++process.writes;
      const sentAt = { monotonic: clocks.monotonic, wall: clocks.wall };
      write = { session, sequence, purpose, base, record, sentAt, leftAt: this.#world.now };
    } else process.looks++;
    const trip = this.#world.network.send(this.#world.now, write !== undefined, seat.cut);
    if (this.#world.trace.isTold) {
      this.#world.tell(`${nameOf(process)} ${tellCall(effect, trip, this.#world.now)}`);
    }
    if (write && trip.copyAt !== Infinity) this.#arriveLate(write, trip.copyAt);
    process.last = undefined;
    process.inFlight = {
      id,
      write,
      arriveAt: write ? trip.arriveAt : Infinity,
      answerAt: trip.answerAt + (seat.lateness > 0 ? process.random.between(0, seat.lateness) : 0),
      isError: trip.isError,
      lag: trip.lag,
      outcome: undefined,
      seen: undefined,
    };
  }
}

/** The head to write after: it must be at hand, or a write would cost another request. */
function baseOf({ call: { purpose }, version }: CallEffect, last: Commit | undefined): Commit {
  const isKnown = purpose === "create"
    ? last?.effective.file.kind === "absent"
    : last?.effective.version === version;
  if (last && isKnown) return last;
  throw new Violation("one request a write", `a ${purpose} must read first`);
}
