import type { MachineConfig } from "../../../elector/machine/turn.ts";
import type { Effect, Event, Outcome } from "../../../elector/machine/events.ts";
import type { Observation, State } from "../../../elector/machine/state.ts";
import type { Process } from "./process.ts";
import { type Fault, FAULTS } from "./scenario.ts";

const PURPOSES = ["read", "create", "claim", "renew", "release", "request"] as const;

/** The situations that each run as a whole must have met: what happened, and how the election stood then. */
const SITUATIONS: readonly string[] = [
  ...PURPOSES.flatMap((purpose) => [
    `${purpose} is answered: failed`,
    `${purpose} times out`,
    ...(purpose === "read" ? [] : [`${purpose} is answered: record`]),
  ]),
  "read is answered: record",
  "read is answered: absent",
  "read is answered: unreadable",
  "create is answered: conflict",
  "claim is answered: conflict",
  "claim is answered: refused",
  "renew is answered: refused",
  "renew is answered: conflict",
  "release is answered: conflict",
  "read under a lease: record",
  "read under a lease: failed",
  "read after an unclear write: record",
  "read after an unclear write: failed",
  "read while stopping: record",
  "renew is answered after the lease: record",
  "renew is answered after the lease: failed",
  "claim is answered while stopping: record",
  "an answer that nobody waits for",
  "stop while following",
  "stop while leading",
  "stop while the work of an ended term goes on",
  "stop with a claim in flight",
  "settled under a lease",
  "settled without a lease",
  "start",
  "newLeader",
  "startTerm",
  "extendTerm",
  "abandon",
  "endTerm: expired",
  "endTerm: lost",
  "endTerm: stopped",
  "endTerm: finished",
  "endTerm: failed",
  "endTerm: resigned",
  "endTerm: handover",
  "endTerm: unready",
  "request is answered: conflict",
  "a request is seen on a lease that has expired",
  "a request got ahead of a claim",
  "a request is seen while a renewal is unclear",
  "no term begins, as a request is on top of its claim",
  "a read shows what is not proven",
  "a read proves what was shown",
  "a proof shows another record than was shown",
  "a claim waits for its slot",
  "a claim lost its race",
  "a void write is sent again",
  "a campaign is made",
  "a campaign is made while work goes on",
  "a campaign ends with its work unsettled",
  "work settles after its campaign",
  "work settles before the next campaign",
  "work settles in the next campaign",
  "a term of a later campaign",
  "a candidate holds back no longer as another has led",
  "report: unanswered",
  "report: deleted",
  "report: undrained",
  "report: duplicate",
  "finish: clean",
  "finish: unreleased",
  "finish: undrained",
  "finish: refused",
];

/** What runs have reached: faults, and situations of the machine. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  /** A fault happened. */
  fault(fault: Fault): void {
    this.met(`fault: ${fault}`);
  }

  /** Something happened to an election. */
  event(before: State, event: Event): void {
    for (const situation of situationsOf(before, event)) this.met(situation);
  }

  /** Something else happened. */
  met(situation: string): void {
    this.#counts.set(situation, (this.#counts.get(situation) ?? 0) + 1);
  }

  /** What came of what happened to an election. */
  change(before: State, event: Event, { state, campaign, startedIn, config }: Process): void {
    if (event.type === "settled") this.#settled(before, campaign - startedIn);
    else if (event.type === "answer") this.#answered(before, event.outcome, state, config);
    if (state.finished && state.working && !before.finished) {
      this.met("a campaign ends with its work unsettled");
    }
    if (state.startedToken > before.startedToken && campaign > 0) {
      this.met("a term of a later campaign");
    }
    const { observed } = state;
    if (observed?.isRequest && observed.version !== before.observed?.version) {
      this.#asked(before, state, observed);
    }
    if (before.holdBack && !state.holdBack && state.observed?.holder === "") {
      this.met("a candidate holds back no longer as another has led");
    }
  }

  #asked(before: State, { lease, unclear }: State, observed: Observation): void {
    const isKept = before.observed?.at === observed.at;
    if (isKept && observed.versionAt - observed.at >= observed.duration) {
      this.met("a request is seen on a lease that has expired");
    }
    if (isKept && before.observed?.isReplaced) this.met("a request got ahead of a claim");
    if (before.lease && before.unclear && unclear) {
      this.met("a request is seen while a renewal is unclear");
    }
    if (!before.lease && lease?.reason === "handover") {
      this.met("no term begins, as a request is on top of its claim");
    }
  }

  #settled({ started, finished }: State, later: number): void {
    if (finished) this.met("work settles after its campaign");
    else if (!started) this.met("work settles before the next campaign");
    else if (later > 0) this.met("work settles in the next campaign");
  }

  #answered(
    { call, observed, lostRaces }: State,
    outcome: Outcome,
    after: State,
    { keepsLostWrites }: MachineConfig,
  ): void {
    if (after.lostRaces > lostRaces) this.met("a claim lost its race");
    if (outcome.type !== "record" || call?.purpose !== "read") return;
    if (outcome.observed.isProven === false) this.met("a read shows what is not proven");
    const now = after.observed;
    if (!observed || !now || now.version !== observed.version) return;
    if (!observed.isProven && now.isProven) {
      this.met(
        observed.holder === now.holder
          ? "a read proves what was shown"
          : "a proof shows another record than was shown",
      );
    }
    const mayClaim = now.holder === "" && now.isProven && !after.lease && !after.stopping;
    if (keepsLostWrites && mayClaim && !after.call) this.met("a claim waits for its slot");
  }

  /** An election wants something done. */
  effect(effect: Effect, before: State): void {
    switch (effect.type) {
      case "call":
        return;
      case "abandon":
        if (before.call) this.met(`${before.call.purpose} times out`);
        return this.met("abandon");
      case "endTerm":
        return this.met(`endTerm: ${effect.reason}`);
      case "report":
        return this.met(`report: ${effect.problem}`);
      case "finish":
        return this.met(`finish: ${effect.how}`);
      default:
        return this.met(effect.type);
    }
  }

  /** Which of all that must be reached was not. */
  missing(): string[] {
    return [...SITUATIONS, ...FAULTS.map((fault) => `fault: ${fault}`)]
      .filter((label) => !this.#counts.has(label));
  }

  /** Everything that a run as a whole must reach. */
  static get size(): number {
    return SITUATIONS.length + FAULTS.length;
  }

  /** How often each thing was reached. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

/** What happened to an election, and how it stood then. */
function* situationsOf(before: State, event: Event): Generator<string> {
  const { call, lease, unclear, stopping, working } = before;
  const purpose = call?.purpose;
  switch (event.type) {
    case "answer": {
      const { id, outcome: { type } } = event;
      if (id !== call?.id) return yield "an answer that nobody waits for";
      yield `${purpose} is answered: ${type}`;
      if (purpose === "read" && lease) yield `read under a lease: ${type}`;
      if (purpose === "read" && unclear) yield `read after an unclear write: ${type}`;
      if (purpose === "read" && stopping) yield `read while stopping: ${type}`;
      if (purpose === "renew" && !lease) yield `renew is answered after the lease: ${type}`;
      if (purpose === "claim" && stopping) yield `claim is answered while stopping: ${type}`;
      return;
    }
    case "stop":
      yield lease?.open ? "stop while leading" : "stop while following";
      if (working && !lease?.open) yield "stop while the work of an ended term goes on";
      if (purpose === "claim") yield "stop with a claim in flight";
      return;
    case "settled":
      return yield lease ? "settled under a lease" : "settled without a lease";
    case "start":
      yield "start";
  }
}
