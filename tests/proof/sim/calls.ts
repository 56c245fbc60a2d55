import type { Effect, Outcome } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import type { Instant } from "../../../lock/mod.ts";
import { type Seen, seenIn, type Shown } from "../model/answers.ts";
import { checkBase } from "../model/checks.ts";
import { type Commit, sentAgain, type WriteRequest } from "../model/store.ts";
import { nameOf } from "./observer.ts";
import type { InFlight, Process, Seat } from "./process.ts";
import type { Trip } from "./network.ts";
import { tellCall, tellOutcome } from "./story.ts";
import type { World } from "./world.ts";

type CallEffect = Extract<Effect, { type: "call" }>;

const FAILED: Outcome = { type: "failed" };
const DENIED: Outcome = { type: "failed", permanent: true };
/** Of a write. */
const REFUSED: Outcome = { type: "refused" };
/** Stands for a refusal that asks to wait, until the waiting process's clock is known. */
const LIMITED: Outcome = { type: "failed", retryAt: 0 };

/** What becomes of calls between processes and the gist: the part of the lock and its stores. */
export class Calls {
  readonly #world: World;
  readonly #refused = new WeakSet<WriteRequest>();

  /** Makes the calls of a world. */
  constructor(world: World) {
    this.#world = world;
  }

  /** A write reaches the gist. */
  arrive(inFlight: InFlight, write: WriteRequest, seat: Seat): void {
    inFlight.arrivedAt = this.#world.now;
    if (seat.refused !== "nothing") this.#refuse(inFlight, write);
    else if (this.#world.gist.limitedUntil > this.#world.now) inFlight.outcome = LIMITED;
    else this.#apply(write);
  }

  /** A write that is refused is so for good: a copy of it is refused, too. */
  #refuse(inFlight: InFlight, write: WriteRequest): void {
    inFlight.outcome = REFUSED;
    this.#refused.add(write);
  }

  #apply(write: WriteRequest): void {
    if (this.#refused.has(write)) return;
    const tookEffect = this.#world.gist.write(write, this.#world.now);
    if (this.#world.trace.isTold) {
      this.#world.tell(
        `  ${write.purpose} of session ${write.session} ${tookEffect ? "lands" : "is void"}`,
      );
    }
    if (!tookEffect) return;
    const process = this.#world.bySession.get(write.session);
    const isOfCampaign = process?.config.session === write.record.session;
    if (!process || !isOfCampaign || write.purpose === "release") return;
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
    const { campaign } = process;
    this.#world.queue.add(this.#world.now + this.#world.fate.between(0, 100), () => {
      // Another campaign has calls of its own.
      if (process.isDead || process.campaign !== campaign) return;
      if (process.pausedUntil > this.#world.now) return;
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
    const { write, id } = inFlight;
    const shown = this.#shownTo(inFlight);
    const outcome = this.#outcomeOf(process, inFlight, shown);
    if (outcome.type === "conflict" && write && this.#sendAgain(process, inFlight, write)) return;
    process.inFlight = undefined;
    // An answer that never came does not mean that the write never will.
    if (write && inFlight.arriveAt !== Infinity) this.#arriveLate(write, inFlight.arriveAt);
    process.last = seenIn(outcome, shown.head);
    if (process.last) process.learn(process.last);
    if (this.#world.trace.isTold) {
      this.#world.tell(`${nameOf(process)} hears: ${tellOutcome(outcome)}`);
    }
    this.#world.dispatch(process, { type: "answer", id, outcome });
  }

  /** What the answer shows: of a read as it is put together now, of a write as it was when that arrived, or later. */
  #shownTo({ write, arrivedAt, lag, textLag }: InFlight): Shown {
    const { gist, now } = this.#world;
    const at = write ? arrivedAt : now;
    return { head: gist.headAt(at - lag), text: gist.headAt(at - textLag) };
  }

  #outcomeOf(process: Process, { isError, outcome, write, proof, ...of }: InFlight, shown: Shown) {
    const { gist, now } = this.#world;
    const { seat, session, known } = process;
    if (isError) return FAILED;
    if (outcome === LIMITED) return this.#limit(process);
    if (outcome) return outcome;
    if (write) return of.arrivedAt === Infinity ? FAILED : gist.judge(write, shown);
    if (seat.refused === "everything") return DENIED;
    if (gist.limitedUntil > now) return this.#limit(process);
    const knows = ({ index }: Commit) => known.has(index);
    return gist.read(shown, { session, knows }, proof);
  }

  /** A renewal or a release that has become void though nothing took effect is sent once more, within the same call. */
  #sendAgain(process: Process, inFlight: InFlight, write: WriteRequest): boolean {
    const { gist, now, network } = this.#world;
    const again = sentAgain(write, gist.head);
    if (!again) return false;
    this.#world.met("a void write is sent again");
    const { requests } = process.config;
    const trip = network.send(now, true, process.seat.cut, requests.read + requests.write);
    if (trip.copyAt !== Infinity) this.#arriveLate(again, trip.copyAt);
    process.inFlight = inFlightOf(inFlight.id, again, trip, false);
    return true;
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
    const { call: { id, purpose, proof }, record } = effect;
    const { seat, session, last } = process;
    this.#world.observer.call(effect, before, process, clocks);
    let write: WriteRequest | undefined;
    if (record && purpose !== "read") {
      process.sentWrites++;
      const base = baseOf(effect, last);
      const sequence = ++process.writes;
      const sentAt = { monotonic: clocks.monotonic, wall: clocks.wall };
      write = {
        session,
        sequence,
        purpose,
        base,
        record,
        sentAt,
        leftAt: this.#world.now,
        resent: 0,
      };
    } else process.reads++;
    const { network, now } = this.#world;
    const { requests } = process.config;
    const needed = write ? requests.write : proof ? requests.read : 1;
    const trip = network.send(now, write !== undefined, seat.cut, needed);
    if (this.#world.trace.isTold) {
      this.#world.tell(`${nameOf(process)} ${tellCall(effect, trip, this.#world.now)}`);
    }
    if (write && trip.copyAt !== Infinity) this.#arriveLate(write, trip.copyAt);
    process.last = undefined;
    process.inFlight = inFlightOf(id, write, trip, proof);
    if (seat.lateness > 0) process.inFlight.answerAt += process.random.between(0, seat.lateness);
  }
}

function inFlightOf(
  id: number,
  write: WriteRequest | undefined,
  { copyAt: _, ...trip }: Trip,
  proof: boolean,
): InFlight {
  const arriveAt = write ? trip.arriveAt : Infinity;
  return { ...trip, id, write, proof, arriveAt, arrivedAt: Infinity, outcome: undefined };
}

/** The head to write after. */
function baseOf(effect: CallEffect, last: Seen | undefined): Commit {
  checkBase(effect, last);
  return last.head;
}
