import { leaseDuration } from "../../../elector/machine/lease.ts";
import type { Effect, Event } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import type { Instant } from "../../../lock/mod.ts";
import {
  checkCall,
  checkExtension,
  checkFinish,
  checkInside,
  checkStart,
  isValid,
  Violation,
} from "../model/checks.ts";
import { type Commit, writtenAt } from "../model/store.ts";
import type { Process } from "./process.ts";
import type { Scenario } from "./scenario.ts";

type EffectOf<T extends Effect["type"]> = Extract<Effect, { type: T }>;

/** Watches over the promises, with the true time and the true order of all things at hand. */
export class Observer {
  /** How many terms began. */
  terms = 0;
  /** When the last one did (true time). */
  lastStartAt = -Infinity;
  readonly #isBroken: boolean;
  /** The fastest that a clock may run. */
  readonly #fastest: number;
  readonly #isStale: boolean;
  #highestStarted = -1;

  /** The newest revision in which somebody else set the lock free; see {@linkcode Observer.isOverridden}. */
  readonly #freedAt: () => number;

  /** Where clocks break their bound, only what needs no clocks is promised. */
  constructor({ kind, rateBound, faults }: Scenario, freedAt: () => number) {
    this.#freedAt = freedAt;
    this.#isStale = faults.has("stale reads") || faults.has("mixed answers");
    this.#fastest = 1 + rateBound;
    this.#isBroken = kind === "broken clocks";
  }

  /** A term starts. */
  start(
    effect: EffectOf<"startTerm">,
    process: Process,
    processes: readonly Process[],
    now: number,
  ): void {
    // A claim that was in effect when somebody set the lock free over it may yet begin a term, beside a later one.
    const isBeside = this.#isBroken || this.isOverridden(process);
    checkStart(
      effect,
      process,
      Math.max(isBeside ? -1 : this.#highestStarted, process.startedToken),
    );
    if (!isBeside) this.#highestStarted = Math.max(this.#highestStarted, effect.token);
    process.startedToken = effect.token;
    process.startedIn = process.campaign;
    this.terms++;
    this.lastStartAt = now;
    process.term = effect;
    this.checkAlone(process, processes, now);
    this.#checkWorking(process, processes, now);
  }

  /** A term is extended. */
  extend(
    effect: EffectOf<"extendTerm">,
    process: Process,
    processes: readonly Process[],
    now: number,
  ): void {
    checkExtension(effect, process);
    process.term = { token: process.term?.token ?? -1, sentAt: effect.sentAt };
    this.checkAlone(process, processes, now);
  }

  /**
   * At most one valid term. A term becomes valid, or stays so for longer, by an event only, and a wall clock that is set
   * back is one: to look at each of these instants is to see all.
   */
  checkAlone(process: Process, processes: readonly Process[], now: number): void {
    if (this.#isBroken || !holdsTerm(process, now) || this.isOverridden(process)) return;
    for (const other of processes) {
      if (other === process || !holdsTerm(other, now) || this.isOverridden(other)) continue;
      throw new Violation(
        "one valid term",
        `${nameOf(process)} has token ${process.term?.token} while ${nameOf(other)}'s term ` +
          `${other.term?.token} is valid`,
      );
    }
  }

  /** Whether the lock was set free over the write that a term counts from: then others may lead next to it. */
  isOverridden({ effective }: Process): boolean {
    return effective !== undefined && effective.base.index + 1 < this.#freedAt();
  }

  /** Somebody let fencing tokens restart: who comes to know the lock only now begins with what it finds. */
  forgetTokens(): void {
    this.#highestStarted = -1;
  }

  /** Something happened to an election. */
  event(before: State, event: Event, effects: readonly Effect[]): void {
    checkInside(before, event, effects);
  }

  /** A campaign is over. */
  finish(process: Process): void {
    checkFinish(process);
  }

  /**
   * A term ends: as lost only where its holder's write was replaced, whatever it has not heard. Reads that are staler than
   * the process is old can fool it, which costs a term.
   */
  end(
    { reason }: EffectOf<"endTerm">,
    process: Process,
    { effective: { version, file } }: Commit,
  ): void {
    if (this.#isStale || reason !== "lost" || file.kind !== "record" || process.isOld) return;
    const { session, sequence, holderIdentity, leaderTransitions: token } = file.record;
    const isOwn = session === process.config.session && holderIdentity === process.config.identity;
    if (!isOwn || token !== process.term?.token) return;
    // An older text of its own was put back.
    if (sequence !== process.effective?.record.sequence) return;
    throw new Violation(
      "a healthy leader stays",
      `${nameOf(process)} takes its term for lost while its own ${version} is in effect`,
    );
  }

  /** A call leaves. */
  call(
    effect: EffectOf<"call">,
    before: State,
    process: Process,
    clocks: Instant,
    now: number,
  ): void {
    checkCall(effect, before, process.state, process, clocks, process.config);
    if (clocks.monotonic < process.limitedUntil) {
      throw new Violation(
        "rate limits are kept",
        `${nameOf(process)} sends ${process.limitedUntil - clocks.monotonic} ms too early`,
      );
    }
    if (effect.call.purpose === "claim" && process.last && !this.#isBroken) {
      this.#checkWait(process.last.head.effective, process, now);
    }
  }

  /** A held record is claimed no earlier than its lease, by the fastest clock there may be, after it was written. */
  #checkWait(commit: Commit, { config }: Process, now: number): void {
    const { file, version } = commit;
    if (file.kind === "absent") return;
    if (file.kind === "record" && file.record.holderIdentity === "") return;
    const duration = file.kind === "garbage" ? config.leaseDuration : leaseDuration(file.record);
    const waited = now - writtenAt(commit);
    if (waited >= duration / this.#fastest) return;
    throw new Violation(
      "a claim waits",
      `${version} was claimed ${waited} ms after it was written`,
    );
  }

  /** Where work obeys its signal and timers are on time, nobody works on when another starts. */
  #checkWorking(process: Process, processes: readonly Process[], now: number): void {
    if (this.#isBroken) return;
    for (const other of processes) {
      if (other === process || !other.isWorking || other.habit !== "prompt") continue;
      if (this.isOverridden(other) || this.isOverridden(process)) continue;
      if (other.seat.lateness > 0 || now <= Math.max(other.pausedUntil, other.lateUntil)) continue;
      throw new Violation(
        "one working candidate",
        `${nameOf(other)} works on while ${nameOf(process)} starts`,
      );
    }
  }
}

/** Whether a process has a term that its own clocks call valid now. */
export function holdsTerm(
  { term, seat: { clock }, config, isDead }: Process,
  now: number,
): boolean {
  if (!term || isDead) return false;
  return isValid(term, { monotonic: clock.monotonicAt(now), wall: clock.wallAt(now) }, config);
}

/** A process, for people. */
export function nameOf({ seat, session }: Process): string {
  return `${seat.identity}/${session}`;
}
