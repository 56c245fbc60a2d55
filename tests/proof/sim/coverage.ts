import type { MachineConfig } from "../../../elector/machine/turn.ts";
import type { Effect, Event, Outcome } from "../../../elector/machine/events.ts";
import type { Observation, State } from "../../../elector/machine/state.ts";
import type { Process } from "./process.ts";
import { type Fault, FAULTS } from "./scenario.ts";

const EVENTS = ["start", "tick", "stop", "settled", "answer", "stepDown", "handover"] as const;
const OUTCOMES = ["record", "absent", "unreadable", "conflict", "refused", "failed"] as const;
const PURPOSES = ["read", "create", "claim", "renew", "release", "request"] as const;
/** How many numbers a situation is counted under, by its event, outcome and purpose. */
const [PER_PURPOSE, PER_OUTCOME] = [32, 32 * (PURPOSES.length + 1)];
const PER_EVENT = PER_OUTCOME * (OUTCOMES.length + 1);

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
  readonly #faults = new Map<Fault, number>();
  /** By event, outcome, purpose and how the election stood; counting must be fast. */
  readonly #situations = new Uint32Array(EVENTS.length * PER_EVENT);

  /** A fault happened. */
  fault(fault: Fault): void {
    this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1);
  }

  /** Something happened to an election. */
  event(before: State, event: Event): void {
    const outcome = event.type === "answer" ? OUTCOMES.indexOf(event.outcome.type) + 1 : 0;
    const isAwaited = event.type !== "answer" || event.id === before.call?.id;
    if (!isAwaited) return this.#count("an answer that nobody waits for");
    const purpose = before.call ? PURPOSES.indexOf(before.call.purpose) + 1 : 0;
    const flags = (before.lease ? 1 : 0) | (before.unclear ? 2 : 0) | (before.stopping ? 4 : 0) |
      (before.working ? 8 : 0) | (before.lease?.open ? 16 : 0);
    const index = EVENTS.indexOf(event.type) * PER_EVENT + outcome * PER_OUTCOME +
      purpose * PER_PURPOSE + flags;
    this.#situations[index] = (this.#situations[index] ?? 0) + 1;
  }

  /** Something else happened. */
  met(situation: string): void {
    this.#count(situation);
  }

  /** What came of what happened to an election. */
  change(before: State, event: Event, { state, campaign, startedIn, config }: Process): void {
    if (event.type === "settled") this.#settled(before, campaign - startedIn);
    else if (event.type === "answer") this.#answered(before, event.outcome, state, config);
    if (state.finished && state.working && !before.finished) {
      this.#count("a campaign ends with its work unsettled");
    }
    if (state.startedToken > before.startedToken && campaign > 0) {
      this.#count("a term of a later campaign");
    }
    const { observed } = state;
    if (observed?.isRequest && observed.version !== before.observed?.version) {
      this.#asked(before, state, observed);
    }
    if (before.holdBack && !state.holdBack && state.observed?.holder === "") {
      this.#count("a candidate holds back no longer as another has led");
    }
  }

  #asked(before: State, { lease, unclear }: State, observed: Observation): void {
    const isKept = before.observed?.at === observed.at;
    if (isKept && observed.versionAt - observed.at >= observed.duration) {
      this.#count("a request is seen on a lease that has expired");
    }
    if (isKept && before.observed?.isReplaced) this.#count("a request got ahead of a claim");
    if (before.lease && before.unclear && unclear) {
      this.#count("a request is seen while a renewal is unclear");
    }
    if (!before.lease && lease?.reason === "handover") {
      this.#count("no term begins, as a request is on top of its claim");
    }
  }

  #settled({ started, finished }: State, later: number): void {
    if (finished) this.#count("work settles after its campaign");
    else if (!started) this.#count("work settles before the next campaign");
    else if (later > 0) this.#count("work settles in the next campaign");
  }

  #answered(
    { call, observed, lostRaces }: State,
    outcome: Outcome,
    after: State,
    { keepsLostWrites }: MachineConfig,
  ): void {
    if (after.lostRaces > lostRaces) this.#count("a claim lost its race");
    if (outcome.type !== "record" || call?.purpose !== "read") return;
    if (outcome.observed.isProven === false) this.#count("a read shows what is not proven");
    const now = after.observed;
    if (!observed || !now || now.version !== observed.version) return;
    if (!observed.isProven && now.isProven) {
      this.#count(
        observed.holder === now.holder
          ? "a read proves what was shown"
          : "a proof shows another record than was shown",
      );
    }
    const mayClaim = now.holder === "" && now.isProven && !after.lease && !after.stopping;
    if (keepsLostWrites && mayClaim && !after.call) this.#count("a claim waits for its slot");
  }

  /** An election wants something done. */
  effect(effect: Effect, before: State): void {
    switch (effect.type) {
      case "call":
        return;
      case "abandon":
        if (before.call) this.#count(`${before.call.purpose} times out`);
        return this.#count("abandon");
      case "endTerm":
        return this.#count(`endTerm: ${effect.reason}`);
      case "report":
        return this.#count(`report: ${effect.problem}`);
      case "finish":
        return this.#count(`finish: ${effect.how}`);
      default:
        return this.#count(effect.type);
    }
  }

  /** Which of all that must be reached was not. */
  missing(): string[] {
    const counts = this.counts();
    return [...SITUATIONS, ...FAULTS.map((fault) => `fault: ${fault}`)]
      .filter((label) => !counts.has(label));
  }

  /** Everything that a run as a whole must reach. */
  static get size(): number {
    return SITUATIONS.length + FAULTS.length;
  }

  /** How often each thing was reached. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map(this.#counts);
    for (const [fault, count] of this.#faults) counts.set(`fault: ${fault}`, count);
    this.#situations.forEach((count, index) => {
      if (count === 0) return;
      for (const label of labelsOf(index)) counts.set(label, (counts.get(label) ?? 0) + count);
    });
    return counts;
  }

  #count(label: string): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + 1);
  }
}

function labelsOf(index: number): string[] {
  const flags = index % PER_PURPOSE;
  const purpose = PURPOSES[Math.floor(index % PER_OUTCOME / PER_PURPOSE) - 1];
  const outcome = OUTCOMES[Math.floor(index % PER_EVENT / PER_OUTCOME) - 1];
  const [holds, isUnclear, isStopping, isWorking, leads] = [1, 2, 4, 8, 16]
    .map((bit) => (flags & bit) !== 0);
  switch (EVENTS[Math.floor(index / PER_EVENT)]) {
    case "answer":
      return [
        `${purpose} is answered: ${outcome}`,
        ...(purpose === "read" && holds ? [`read under a lease: ${outcome}`] : []),
        ...(purpose === "read" && isUnclear ? [`read after an unclear write: ${outcome}`] : []),
        ...(purpose === "read" && isStopping ? [`read while stopping: ${outcome}`] : []),
        ...(purpose === "renew" && !holds ? [`renew is answered after the lease: ${outcome}`] : []),
        ...(purpose === "claim" && isStopping
          ? [`claim is answered while stopping: ${outcome}`]
          : []),
      ];
    case "stop":
      return [
        leads ? "stop while leading" : "stop while following",
        ...(isWorking && !leads ? ["stop while the work of an ended term goes on"] : []),
        ...(purpose === "claim" ? ["stop with a claim in flight"] : []),
      ];
    case "settled":
      return [holds ? "settled under a lease" : "settled without a lease"];
    case "start":
      return ["start"];
    default:
      return [];
  }
}
