import { leaseDuration } from "../../../elector/machine/lease.ts";
import type { Effect } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import type { Instant } from "../../../lock/mod.ts";
import { checkCall, checkExtension, checkStart, isValid, Violation } from "../model/checks.ts";
import { type Commit, writtenAt } from "../model/store.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

type EffectOf<T extends Effect["type"]> = Extract<Effect, { type: T }>;

/** Watches over the promises, with the true time and the true order of all things at hand. */
export class Observer {
  /** How many terms began. */
  terms = 0;
  /** When the last one did (true time). */
  lastStartAt = -Infinity;
  readonly #world: World;
  /** Where clocks break their bound, only what needs no clocks is promised. */
  readonly #isBroken: boolean;
  #highestStarted = -1;

  /** Makes the observer of a world. */
  constructor(world: World) {
    this.#world = world;
    this.#isBroken = world.scenario.kind === "broken clocks";
  }

  /** A term starts. */
  start(effect: EffectOf<"startTerm">, process: Process): void {
    // A claim that was in effect when somebody set the lock free over it may yet begin a term, beside a later one.
    const isBeside = this.#isBroken || this.isOverridden(process);
    const highest = Math.max(isBeside ? -1 : this.#highestStarted, process.startedToken);
    checkStart(effect, process, highest);
    if (!isBeside) this.#highestStarted = Math.max(this.#highestStarted, effect.token);
    process.startedToken = effect.token;
    process.startedIn = process.campaign;
    this.terms++;
    this.lastStartAt = this.#world.now;
    process.term = effect;
    this.checkAlone(process);
    this.#checkWorking(process);
  }

  /** A term is extended. */
  extend(effect: EffectOf<"extendTerm">, process: Process): void {
    checkExtension(effect, process);
    process.term = { token: process.term?.token ?? -1, sentAt: effect.sentAt };
    this.checkAlone(process);
  }

  /**
   * At most one valid term. A term becomes valid, or stays so for longer, by an event only, and a wall clock that is set
   * back is one: to look at each of these instants is to see all.
   */
  checkAlone(process: Process): void {
    const { processes, now } = this.#world;
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
    return effective !== undefined && effective.base.index + 1 < this.#world.gist.freedAt;
  }

  /** Somebody let fencing tokens restart: who comes to know the lock only now begins with what it finds. */
  forgetTokens(): void {
    this.#highestStarted = -1;
  }

  /**
   * A term ends: as lost only where its holder's write was replaced, whatever it has not heard. Reads that are staler than
   * the process is old can fool it, which costs a term.
   */
  end({ reason }: EffectOf<"endTerm">, process: Process): void {
    const { gist, scenario: { faults } } = this.#world;
    const { version, file } = gist.head.effective;
    if (faults.has("stale reads") || faults.has("mixed answers")) return;
    if (reason !== "lost" || file.kind !== "record" || process.isOld) return;
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
  call(effect: EffectOf<"call">, before: State, process: Process, clocks: Instant): void {
    checkCall(effect, before, process.state, process, clocks, process.config);
    if (clocks.monotonic < process.limitedUntil) {
      throw new Violation(
        "rate limits are kept",
        `${nameOf(process)} sends ${process.limitedUntil - clocks.monotonic} ms too early`,
      );
    }
    if (effect.call.purpose === "claim" && process.last && !this.#isBroken) {
      this.#checkWait(process.last.head.effective, process);
    }
  }

  /** A held record is claimed no earlier than its lease, by the fastest clock there may be, after it was written. */
  #checkWait(commit: Commit, { config }: Process): void {
    const { file, version } = commit;
    if (file.kind === "absent") return;
    if (file.kind === "record" && file.record.holderIdentity === "") return;
    const duration = file.kind === "garbage" ? config.leaseDuration : leaseDuration(file.record);
    const waited = this.#world.now - writtenAt(commit);
    if (waited >= duration / (1 + this.#world.scenario.rateBound)) return;
    throw new Violation(
      "a claim waits",
      `${version} was claimed ${waited} ms after it was written`,
    );
  }

  /** Where work obeys its signal and timers are on time, nobody works on when another starts. */
  #checkWorking(process: Process): void {
    const { processes, now } = this.#world;
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
export function holdsTerm(process: Process, now: number): boolean {
  const { term, seat: { clock }, config, isDead } = process;
  if (!term || isDead) return false;
  return isValid(term, { monotonic: clock.monotonicAt(now), wall: clock.wallAt(now) }, config);
}

/** A process, for people. */
export function nameOf({ seat, session }: Process): string {
  return `${seat.identity}/${session}`;
}
