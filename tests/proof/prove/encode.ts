import type { LeaderElectionRecord } from "../../../lock/mod.ts";
import { answerToWrite, plain } from "../model/answers.ts";
import type { Call, Observation, State, Write } from "../../../elector/machine/state.ts";
import type { Commit, File, WriteRequest } from "../model/store.ts";
import { leavesTrace } from "./actions.ts";
import type { Candidate, World } from "./candidate.ts";
import { HANDICAP_POLLS } from "../../../elector/preference.ts";
import { hasPreference, rateOf, tickOf, timingsOf } from "./scope.ts";
import { clocksOf, configOf, isOverridden, monotonicOf, type Setting } from "./setting.ts";

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
  /** What ranks, names and readiness change is written down only where there is any. */
  readonly #names: NameEncoder | undefined;
  /** One bit for each revision that a read can still show. */
  #visible = 0;
  /** The records that a read can still show. */
  readonly #shown: LeaderElectionRecord[] = [];
  /** The candidate's own: its unclear write, and what its campaign is called. */
  #unclear: Write | undefined;
  #campaign = "";

  /** Makes an encoder for the worlds of one setting. */
  constructor(setting: Setting) {
    this.#setting = setting;
    this.#tick = tickOf(setting.scope);
    this.#names = hasPreference(setting.scope) ? new NameEncoder() : undefined;
  }

  /** Writes a world down. */
  encode(world: World): void {
    this.length = 0;
    const { scope } = this.#setting;
    const { leaseDuration, pollPeriod } = timingsOf(scope);
    // A rank, and a name on top, make a candidate wait for longer than a lease.
    const turns = this.#names ? (Math.max(...scope.ranks) + 2) * HANDICAP_POLLS : 0;
    const longest = leaseDuration + turns * pollPeriod;
    this.#writeLog(world);
    this.#names?.collect(world);
    this.#put(world.highestStarted << 8 | world.faults);
    world.candidates.forEach((candidate, index) => {
      this.#rate = rateOf(this.#setting.scope, index);
      this.#longest = Math.ceil(longest / this.#rate / this.#tick);
      this.#monotonic = monotonicOf(this.#setting, world, index);
      this.#wall = clocksOf(this.#setting, world, index).wall;
      this.#campaign = configOf(this.#setting, candidate).session;
      this.#writeCandidate(candidate, world);
      this.#writeState(candidate.state);
      if (this.#names) this.#writePreference(candidate);
    });
    this.#names?.write(this.#shown, (number) => this.#put(number));
  }

  /** What is not used in a scope has no future there. */
  #writePreference({ state, inFlight, strays, isUnready }: Candidate): void {
    const { observed, lease, readiness, absent } = state;
    const { failback, readiness: mayBeUnready, ranks } = this.#setting.scope;
    if (mayBeUnready || failback) {
      this.#put(flags(isUnready, readiness?.isReady === true));
      if (readiness) this.#writePast(readiness.since, this.#monotonic);
    }
    if (absent && Math.max(...ranks) > 0) this.#writePast(absent.at, this.#monotonic);
    if (observed) {
      const { versionAt, termAt, isReplaced, isRequest, rank, preferredHolder } = observed;
      this.#put(versionIndex(observed.requestedOn ?? observed.version));
      this.#writePast(versionAt, this.#monotonic);
      if (failback) this.#writePast(termAt, this.#monotonic);
      if (failback) this.#writeFuture(state.askFrom);
      this.#put(flags(isReplaced, isRequest) << 16 | codeOf(preferredHolder) << 8 | (rank ?? 15));
      this.#put(this.#names?.numberOf(observed) ?? 0);
    }
    if (lease) this.#put((lease.reason ?? "").length << 8 | codeOf(lease.preferredHolder));
    for (const write of inFlight?.write ? [...strays, inFlight.write] : strays) {
      this.#put(codeOf(write.record.preferredHolder));
      this.#put(this.#names?.numberOf(namedIn(write.record)) ?? 0);
    }
  }

  #put(number: number): void {
    this.numbers[this.length++] = number;
  }

  #writeLog({ head }: World): void {
    const { staleness, protocol } = this.#setting.scope;
    this.#put(head.index);
    this.#visible = 0;
    this.#shown.length = 0;
    let commit: Commit | undefined = head;
    for (let back = 0; back <= staleness && commit; back++) {
      const { effective, file, base }: Commit = commit;
      this.#visible |= 1 << effective.index;
      this.#put(effective.index);
      this.#writeFile(effective.file);
      // What a void one says may be shown as another one's, by REST.
      if (protocol === "rest") {
        this.#visible |= 1 << commit.index;
        this.#put(base === undefined ? -1 : versionIndex(base));
        if (commit !== effective) this.#writeFile(file);
      }
      commit = commit.parent;
    }
  }

  #writeFile(file: File): void {
    if (file.kind !== "record") {
      return this.#put(file.kind === "garbage" ? -3 - file.tokenFloor : -2);
    }
    const { record, session } = file;
    const isFree = record.holderIdentity === "" ? 1 : 0;
    this.#put((session + 1) << 8 | record.leaderTransitions << 1 | isFree);
    this.#shown.push(record);
  }

  #writeCandidate(candidate: Candidate, world: World): void {
    this.#unclear = candidate.state.unclear;
    if (this.#unclear) {
      for (const record of this.#shown) {
        this.#put(this.#isSince(record) ? 1 : 0);
      }
    }
    const { isRunning, mustSettle, isAskedToStop, suspendedAt, last, inFlight } = candidate;
    this.#put(
      flags(
            isRunning,
            mustSettle,
            isAskedToStop,
            suspendedAt !== undefined,
            candidate.isSetBack,
            isOverridden(world, candidate),
          ) << 24 |
        candidate.campaign << 16 | candidate.session,
    );
    this.#put((candidate.known & this.#visible) << 8 | candidate.startedToken + 1);
    this.#put(last ? last.head.index << 8 | last.head.effective.index : -1);
    this.#writeMemory(candidate);
    this.#put(inFlight ? flags(inFlight.write !== undefined) : -1);
    if (inFlight?.write) this.#writeSent(inFlight.write, inFlight.arrived);
    const strays = candidate.strays
      .filter((write) => leavesTrace(this.#setting.scope, world, write));
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

  /** Of a write that has arrived, what follows its base decides what became of it. */
  #writeSent(write: WriteRequest, arrived: Commit | undefined): void {
    this.#writeName(write);
    this.#writeInstant(write.sentAt);
    this.#put(arrived ? arrived.index : -1);
    if (!arrived) return;
    const outcome = answerToWrite(this.#setting.scope.protocol, plain(arrived), write);
    this.#put(outcome.type.length << 8 | arrived.effective.index);
  }

  #writeName({ session, purpose, base, record, resent }: WriteRequest): void {
    const isOfCampaign = record.session === this.#campaign;
    this.#put(flags(this.#isSince(record), isOfCampaign) << 4 | resent);
    this.#put(session << 16 | purpose.length << 12 | base.index << 8 | record.leaderTransitions);
  }

  /** Whether a record stems from the unclear write of this very campaign, or from a later one. */
  #isSince({ session, sequence = 0 }: LeaderElectionRecord): boolean {
    const unclear = this.#unclear;
    return unclear !== undefined && session === this.#campaign && sequence >= unclear.id;
  }

  #writeState(state: State): void {
    const { observed, lease, unclear, call, superseded } = state;
    this.#put(
      flags(
            state.mustRead,
            state.working,
            state.stopping,
            state.started,
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
    // Further ones change nothing: a pause is at most L.
    this.#put(Math.min(state.lostRaces, 4) << 4 | Math.min(state.refusals, 4));
    this.#put(
      superseded.reduce((bits, version) => bits | 1 << versionIndex(version), 0) & this.#visible,
    );
    this.#put(state.highestToken << 8 | state.startedToken + 1);
    if (observed) this.#writeObservation(observed, state.firstReadAt);
    if (lease) {
      this.#put(lease.token << 1 | (lease.reason === "resigned" ? 1 : 0));
      this.#writeInstant(lease.sentAt);
    }
    if (state.holdBack) {
      this.#put(state.holdBack.token);
      this.#writeFuture(state.holdBack.until);
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

  #writeObservation(
    { version, holder, at, isProven, spread }: Observation,
    firstReadAt: number | undefined,
  ): void {
    const index = versionIndex(version);
    this.#put((this.#visible >> index & 1) === 1 ? index : -1);
    this.#put(flags(holder === "", isProven, spread > 0));
    this.#writePast(at, this.#monotonic);
    // Whether a candidate is deaf counts from the later of the two.
    this.#writePast(Math.max(at, firstReadAt ?? Infinity), this.#monotonic);
  }

  #writeCall({ purpose, write, proof, sentAt, timeoutAt }: Call): void {
    this.#put(purpose.length << 1 | (proof ? 1 : 0));
    this.#writePast(sentAt, this.#monotonic);
    this.#writeFuture(timeoutAt);
    if (write) this.#put(write.token);
    if (write) this.#writeInstant(write.sentAt);
  }

  #writeInstant({ monotonic, wall }: { monotonic: number; wall: number }): void {
    this.#writePast(monotonic, this.#monotonic);
    this.#writePast(wall, this.#wall);
  }

  /** How many ticks ago; past the lease's duration, all is alike. `Infinity` for never. */
  #writePast(at: number, now: number): void {
    const ticks = (now - at) / this.#rate / this.#tick;
    this.#put(ticks === -Infinity ? -999 : Math.min(ticks, this.#longest));
  }

  /** In how many ticks, rounded up, and whether it was. */
  #writeFuture(at: number): void {
    const ticks = (at - this.#monotonic) / this.#rate / this.#tick;
    const isExact = Number.isInteger(ticks);
    this.#put(ticks === Infinity ? -9 : Math.max(-1, 2 * Math.ceil(ticks) - (isExact ? 0 : 1)));
  }
}

type Named = Pick<Observation, "session" | "sequence">;

function namedIn({ session, sequence }: LeaderElectionRecord): Named {
  return { session, sequence };
}

/** Who is named in a request: of any more names there is one. */
function codeOf(name: string): number {
  return name.length === 1 ? name.charCodeAt(0) - 64 : name === "" ? 0 : 9;
}

/**
 * Names writes by small numbers, such that those of one campaign are in their order: only whether two are the same, and which
 * of two was first, has a future.
 */
class NameEncoder {
  readonly #sequences = new Map<string, number[]>();

  /** Collects all writes that are yet to be told apart. */
  collect(world: World): void {
    this.#sequences.clear();
    for (const { state, inFlight, strays } of world.candidates) {
      this.#add(state.observed);
      for (const { record } of strays) this.#add(namedIn(record));
      if (inFlight?.write) this.#add(namedIn(inFlight.write.record));
    }
    for (let commit: Commit | undefined = world.head; commit; commit = commit.parent) {
      if (commit.file.kind === "record") this.#add(namedIn(commit.file.record));
    }
    for (const sequences of this.#sequences.values()) sequences.sort((one, other) => one - other);
  }

  #add(named: Named | undefined): void {
    if (named?.session === undefined || named.sequence === undefined) return;
    const known = this.#sequences.get(named.session) ?? [];
    if (!known.includes(named.sequence)) known.push(named.sequence);
    this.#sequences.set(named.session, known);
  }

  /** The number of a write. */
  numberOf({ session, sequence }: Named): number {
    if (session === undefined) return -1;
    const place = sequence === undefined
      ? 15
      : this.#sequences.get(session)?.indexOf(sequence) ?? 14;
    return campaignNumber(session) << 4 | place;
  }

  /** Writes down the records that can still be shown. */
  write(records: readonly LeaderElectionRecord[], put: (number: number) => void): void {
    for (const record of records) {
      put(this.numberOf(namedIn(record)));
      const isRequest = record.requestedBy !== undefined;
      put(versionIndex(record.requestedOn ?? "r0"));
      put(flags(isRequest) << 16 | codeOf(record.preferredHolder) << 8 | (record.rank ?? 15));
    }
  }
}

/** The number of a campaign, by what it is called. */
function campaignNumber(session: string): number {
  const [, campaign = 0, of = 0] = /(\d+)(?: of (\d+))?/.exec(session) ?? [];
  return Number(campaign) << 8 | Number(of);
}

function versionIndex(version: string): number {
  return Number(version.slice(1));
}

function flags(...bits: boolean[]): number {
  return bits.reduce((number, bit) => number * 2 + (bit ? 1 : 0), 0);
}
