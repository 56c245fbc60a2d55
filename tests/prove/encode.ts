import type { LeaderElectionRecord } from "../../lock/mod.ts";
import type { Call, Observation, State, Write } from "../../elector/state.ts";
import type { Commit, WriteRequest } from "../model/store.ts";
import { rateOf, tickOf, timingsOf } from "./scope.ts";
import {
  type Candidate,
  clocksOf,
  leavesTrace,
  monotonicOf,
  type Setting,
  type World,
} from "./world.ts";

/**
 * Writes a world down as small numbers, such that two worlds that are written alike have the same future: times count from
 * now, times past every deadline are all alike, and what nothing will ask for again is left out.
 */
export class Encoder {
  /** The numbers; {@linkcode Encoder.length} of them count. */
  readonly numbers = new Int32Array(512);
  /** How many numbers were written. */
  length = 0;
  readonly #setting: Setting;
  #monotonic = 0;
  #wall = 0;
  #rate = 1;
  #longest = 0;
  readonly #tick: number;
  /** One bit for each revision that a read can still show. */
  #visible = 0;
  readonly #shown: Commit[] = [];
  #unclear: Write | undefined;

  /** Makes an encoder for the worlds of one setting. */
  constructor(setting: Setting) {
    this.#setting = setting;
    this.#tick = tickOf(setting.scope);
  }

  /** Writes a world down. */
  encode(world: World): void {
    this.length = 0;
    const { leaseDuration } = timingsOf(this.#setting.scope);
    this.#writeLog(world);
    this.#put(world.highestStarted << 8 | world.faults);
    world.candidates.forEach((candidate, index) => {
      this.#rate = rateOf(this.#setting.scope, index);
      this.#longest = Math.ceil(leaseDuration / this.#rate / this.#tick);
      this.#monotonic = monotonicOf(this.#setting, world, index);
      this.#wall = clocksOf(this.#setting, world, index).wall;
      this.#writeCandidate(candidate, world);
      this.#writeState(candidate.state);
    });
  }

  #put(number: number): void {
    this.numbers[this.length++] = number;
  }

  #writeLog({ head }: World): void {
    this.#put(head.index);
    this.#visible = 0;
    this.#shown.length = 0;
    let commit: Commit | undefined = head;
    for (let back = 0; back <= this.#setting.scope.staleness && commit; back++) {
      const { effective } = commit;
      this.#visible |= 1 << effective.index;
      const { file } = effective;
      this.#shown.push(effective);
      this.#put(effective.index);
      if (file.kind === "record") {
        const { leaderTransitions, holderIdentity } = file.record;
        this.#put(file.session << 8 | leaderTransitions << 1 | (holderIdentity === "" ? 1 : 0));
      }
      commit = commit.parent;
    }
  }

  #writeCandidate(candidate: Candidate, world: World): void {
    this.#unclear = candidate.state.unclear;
    for (const { file } of this.#shown) {
      if (this.#unclear && file.kind === "record") {
        this.#put(isSince(this.#unclear, file.record) ? 1 : 0);
      }
    }
    const { isRunning, mustSettle, isAskedToStop, suspendedAt, last, inFlight } = candidate;
    this.#put(
      flags(isRunning, mustSettle, isAskedToStop, suspendedAt !== undefined) << 24 |
        candidate.session,
    );
    this.#put(last ? last.index << 8 | last.effective.index : -1);
    this.#writeMemory(candidate);
    this.#put(inFlight ? flags(inFlight.write !== undefined) : -1);
    if (inFlight?.write && !inFlight.outcome) this.#writeRequest(inFlight.write);
    if (inFlight?.outcome) {
      const { outcome, seen } = inFlight;
      this.#put(outcome.type.length << 16 | (seen?.index ?? 255));
      this.#put(outcome.type === "record" ? versionIndex(outcome.observed.version) : -1);
    }
    const strays = candidate.strays.filter((write) => leavesTrace(this.#setting, world, write));
    this.#put(strays.length);
    for (const write of strays) {
      this.#writeName(write);
      // Should it land, nothing will count from when it left unless its outcome is still of interest.
      const { session, record: { leaderTransitions: token } } = write;
      const isUnclear = candidate.state.unclear?.token === token && session === candidate.session;
      if (isUnclear || inFlight?.write?.record.leaderTransitions === token) {
        this.#writeInstant(write.sentAt);
      }
    }
  }

  #writeMemory({ memory: { term, isWorking, effective }, inFlight, state }: Candidate): void {
    // Only a write that is under way, or whose outcome is unclear, can yet start or extend a term.
    const mayCount = effective !== undefined && (inFlight?.write ?? state.unclear) !== undefined;
    this.#put(flags(term !== undefined, isWorking, mayCount));
    if (term) {
      this.#put(term.token);
      this.#writeInstant(term.sentAt);
    }
    if (mayCount) {
      this.#put(effective.record.leaderTransitions);
      this.#writeInstant(effective.sentAt);
    }
  }

  #writeRequest(write: WriteRequest): void {
    this.#writeName(write);
    this.#writeInstant(write.sentAt);
  }

  #writeName({ session, purpose, base, record }: WriteRequest): void {
    this.#put(isSince(this.#unclear, record) ? 1 : 0);
    this.#put(session << 16 | purpose.length << 12 | base.index << 8 | record.leaderTransitions);
  }

  #writeState(state: State): void {
    const { observed, lease, unclear, call, superseded } = state;
    this.#put(
      flags(
            state.mustRead,
            state.working,
            state.stopping,
            state.finished,
            state.contactAt !== undefined,
            lease !== undefined,
            lease?.open === true,
            unclear !== undefined,
            call !== undefined,
            observed !== undefined,
            // Two instants that are both past are told apart only by their order.
            Math.max(state.callAt, state.notBefore) >= (state.releaseUntil ?? Infinity),
          ) << 8 | Math.min(state.failures, 2),
    );
    this.#put(
      superseded.reduce((bits, version) => bits | 1 << versionIndex(version), 0) & this.#visible,
    );
    this.#put(state.highestToken << 8 | state.startedToken + 1);
    if (observed) this.#writeObservation(observed);
    if (lease) {
      this.#put(lease.token);
      this.#writeInstant(lease.sentAt);
    }
    if (unclear) {
      this.#put(unclear.token);
      this.#writeInstant(unclear.sentAt);
    }
    if (call) this.#writeCall(call);
    this.#writeFuture(state.callAt);
    this.#writeFuture(state.claimFrom);
    this.#writeFuture(state.notBefore);
    this.#writeFuture(state.drainUntil ?? Infinity);
    this.#writeFuture(state.releaseUntil ?? Infinity);
  }

  #writeObservation({ version, holder, at }: Observation): void {
    const index = versionIndex(version);
    this.#put((this.#visible >> index & 1) === 1 ? index : -1);
    this.#put(holder === "" ? 1 : 0);
    this.#writePast(at, this.#monotonic);
  }

  #writeCall({ purpose, write, sentAt, timeoutAt }: Call): void {
    this.#put(purpose.length);
    this.#writePast(sentAt, this.#monotonic);
    this.#writeFuture(timeoutAt);
    if (write) this.#put(write.token);
    if (write) this.#writeInstant(write.sentAt);
  }

  #writeInstant({ monotonic, wall }: { monotonic: number; wall: number }): void {
    this.#writePast(monotonic, this.#monotonic);
    this.#writePast(wall, this.#wall);
  }

  /** How many ticks ago; past the lease's duration, all is alike. */
  #writePast(at: number, now: number): void {
    this.#put(Math.min((now - at) / this.#rate / this.#tick, this.#longest));
  }

  /** In how many ticks, rounded up, and whether it was. */
  #writeFuture(at: number): void {
    const ticks = (at - this.#monotonic) / this.#rate / this.#tick;
    const isExact = Number.isInteger(ticks);
    this.#put(ticks === Infinity ? -9 : Math.max(-1, 2 * Math.ceil(ticks) - (isExact ? 0 : 1)));
  }
}

/** Whether a record stems from an unclear write of its campaign, or from a later one. */
function isSince(unclear: Write | undefined, { sequence = 0 }: LeaderElectionRecord): boolean {
  return unclear !== undefined && sequence >= unclear.id;
}

function versionIndex(version: string): number {
  return Number(version.slice(1));
}

function flags(...bits: boolean[]): number {
  return bits.reduce((number, bit) => number * 2 + (bit ? 1 : 0), 0);
}
