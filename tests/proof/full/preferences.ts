import { Violation } from "../model/checks.ts";
import { Random } from "../sim/random.ts";
import type { Campaign, Seat } from "./campaign.ts";
import { ask } from "./operator.ts";
import { ASKED_IN_CALM } from "./plan.ts";

/** What comes by itself. Ranks and failback last from the start to the end. */
const WEATHER = ["requests", "handovers", "unready spells"] as const;

/** What is wished, and what workloads say, while the storm lasts and after it. */
export class Preferences {
  readonly #campaign: Campaign;
  readonly #random: Random;
  #requests = 0;

  constructor(campaign: Campaign) {
    this.#campaign = campaign;
    this.#random = new Random(campaign.plan.seed, 6);
  }

  /** Arranges the first of each kind; each arranges the next until the storm is over. */
  begin(): void {
    const { preferences } = this.#campaign.plan;
    for (const kind of WEATHER) {
      if (preferences.has(kind)) {
        this.#arrange(kind, this.#random.pick([0.3, 1, 3]) * this.#lease);
      }
    }
  }

  /** Who is ready stays so; requests go on for a while. */
  calm(): void {
    const { plan: { preferences, calmAt, leaderBy }, seats, met } = this.#campaign;
    for (const { workload, role } of seats) {
      workload.recover();
      if (role.isReadyInCalm) continue;
      workload.fail(this.#random.chance(0.5));
      met("a candidate is not ready in the calm");
    }
    if (!preferences.has("requests")) return;
    for (let asked = 0; asked < ASKED_IN_CALM; asked++) {
      // The last in time for what it may delay.
      this.#campaign.after(this.#random.between(0, (leaderBy - calmAt) / 3), () => this.#ask());
    }
  }

  /** A write is in effect whose writer does not hear of it: a good time to ask. */
  tempt(): void {
    if (this.#campaign.plan.preferences.has("requests") && this.#random.chance(0.5)) this.#ask();
  }

  get #lease(): number {
    return this.#campaign.plan.timings.leaseDuration;
  }

  #arrange(kind: typeof WEATHER[number], mean: number): void {
    const { time, plan } = this.#campaign;
    this.#campaign.after(this.#random.between(0, 2 * mean), () => {
      if (time.now >= plan.calmAt) return;
      this.#strike(kind);
      this.#arrange(kind, mean);
    });
  }

  #strike(kind: typeof WEATHER[number]): void {
    const { seats } = this.#campaign;
    const leader = seats.find(({ candidate }) => candidate.holdsValidTerm());
    switch (kind) {
      case "requests":
        this.#ask(this.#random.chance(0.2));
        // Another sender asks at the same instant.
        if (this.#random.chance(0.3)) this.#ask();
        return;
      case "handovers":
        if (!leader || leader.candidate.process.isHalted) return;
        return this.#handOver(leader);
      case "unready spells":
        return this.#spoil(leader && this.#random.chance(0.6) ? leader : this.#any());
    }
  }

  #handOver({ name, candidate }: Seat): void {
    const to = this.#name();
    if (!candidate.elector.handover(to)) return;
    if (to === name) throw new Violation("who is asked hands over", `${name} does to itself`);
    this.#campaign.met("a leader hands over by itself");
  }

  /** Asks for a handover; stale where the process stands still between its read and its write. */
  #ask(isStale = false): void {
    const { timings: { requestTimeout }, latency } = this.#campaign.plan;
    const after = this.#random.between(0, this.#random.pick([2 * latency, requestTimeout]));
    const pause = { after, for: this.#random.between(0, this.#lease) };
    ask(this.#campaign, ++this.#requests, this.#name(), isStale ? pause : undefined);
  }

  #spoil({ name, workload }: Seat): void {
    if (workload.since < Infinity) return;
    const throws = this.#random.chance(0.5);
    this.#campaign.trace.note(`${name} is not ready${throws ? ": its callback throws" : ""}`);
    workload.fail(throws);
    const span = this.#random.pick([0.2, 1, 3]) * this.#random.between(0, this.#lease);
    this.#campaign.after(span, () => {
      if (this.#campaign.time.now < this.#campaign.plan.calmAt) workload.recover();
    });
  }

  #any(): Seat {
    const seat = this.#campaign.seats[this.#random.index(this.#campaign.seats.length)];
    if (!seat) throw new Error("There is nobody");
    return seat;
  }

  /** One of the candidates, dead or alive, or a name that none has. */
  #name(): string {
    return this.#random.chance(0.2) ? "nobody" : this.#any().name;
  }
}
