import { EMPTY_RECORD } from "../../../lock/mod.ts";
import type { Campaign, Seat } from "./campaign.ts";
import type { WorkHabit } from "./machines/candidate.ts";
import { FORCED } from "./stores/log.ts";
import { type Misfortune, RATE_BOUND } from "./plan.ts";

/** How many misfortunes there are in a lease, at the most. */
const PER_LEASE = 1.5;

/** What befalls candidates, machines and the record while the storm lasts, drawn from the campaign's own randomness. */
export class Misfortunes {
  readonly #campaign: Campaign;
  #edits = 0;

  constructor(campaign: Campaign) {
    this.#campaign = campaign;
  }

  /** Arranges the next misfortune, and so on until the storm is over. */
  begin(): void {
    const { plan: { timings, misfortunes, calmAt }, random, time } = this.#campaign;
    if (misfortunes.length === 0) return;
    this.#campaign.after(random() * 2 * timings.leaseDuration / PER_LEASE, () => {
      if (time.now >= calmAt) return;
      this.#strike(this.#pick(misfortunes), this.#victim());
      this.begin();
    });
  }

  /** Leaders are the more interesting victims. */
  #victim(): Seat {
    const { seats, random } = this.#campaign;
    const leader = seats.find(({ candidate }) => candidate.holdsValidTerm());
    return leader && random() < 0.6 ? leader : this.#pick(seats);
  }

  #strike(misfortune: Misfortune, seat: Seat): void {
    const { candidate, host } = seat;
    const { trace, happened, random, promises } = this.#campaign;
    trace.note(`${seat.name}: ${misfortune}`);
    happened.add(misfortune);
    promises.mishaps++;
    switch (misfortune) {
      case "crash":
        return this.#crash(seat);
      case "stop":
        return candidate.stop();
      case "step down":
        if (!candidate.process.isHalted) candidate.elector.stepDown();
        return;
      case "pause":
        return this.#pause(seat);
      case "suspension":
        return this.#suspend(seat);
      case "wall clock set":
        return host.stepWall(this.#wallStep());
      case "drift":
        return host.drift(1 + (2 * random() - 1) * RATE_BOUND);
      case "cut off":
        seat.cutOffUntil = this.#campaign.time.now + this.#span();
        return;
      case "other file edited":
        return this.#campaign.editOther(`note ${++this.#edits}`);
      case "garbage":
        return this.#campaign.edit(this.#garbage());
      case "edited by hand":
        return this.#editByHand();
      case "forced release":
        return this.#campaign.edit(this.#released(0));
      case "late forced release":
        // Elsewhere it would be refused.
        if (this.#campaign.plan.place !== "rest") return;
        return this.#campaign.edit(this.#released(1));
      case "late work":
        return this.#crash(seat, "late");
      case "endless work":
        return this.#crash(seat, "never");
    }
  }

  /** The process is gone; another starts in its place, sometimes at once. */
  #crash(seat: Seat, habit: WorkHabit = "prompt"): void {
    const { candidate } = seat;
    this.#campaign.kill(candidate);
    this.#campaign.after(this.#campaign.random() < 0.3 ? 0 : this.#span(), () => {
      if (seat.candidate === candidate) seat.candidate = this.#campaign.start(seat, habit);
    });
  }

  /** The process stands still; now and then somebody starts another one with the same identity meanwhile. */
  #pause(seat: Seat): void {
    const { process } = seat.candidate;
    process.pause();
    this.#campaign.after(this.#span(), () => process.resume());
    if (this.#campaign.random() < 0.3) seat.candidate = this.#campaign.start(seat);
  }

  #suspend({ host }: Seat): void {
    host.suspend();
    this.#campaign.after(this.#span(), () => this.#campaign.wake(host));
  }

  /**
   * Either way. But where a machine may be suspended, and its wall clock set back within the same lease, no clock that it
   * has shows the time that has passed: nothing but fencing is promised then.
   */
  #wallStep(): number {
    const { plan, random } = this.#campaign;
    const isForward = plan.misfortunes.includes("suspension") || random() < 0.5;
    return isForward ? this.#span() : -this.#span();
  }

  /** Half a record, which still tells the fencing token: where not even that can be read, tokens may restart. */
  #garbage(): string {
    const token = Math.max(0, this.#campaign.promises.loggedToken);
    return `{"leaderTransitions": ${token}, "garbage ${++this.#edits}"`;
  }

  /** Somebody changes something in the record and leaves who wrote it, with its session and its base. */
  #editByHand(): void {
    const text = this.#campaign.place.text();
    if (!text?.startsWith('{"holderIdentity')) return;
    const strategy = `edited by hand, ${++this.#edits}`;
    this.#campaign.edit(JSON.stringify({ ...JSON.parse(text), strategy }));
  }

  /** What `elector release --force` writes after it has read the newest revision, or so many before it. */
  #released(back: number): string {
    const { place, promises } = this.#campaign;
    return JSON.stringify({
      ...EMPTY_RECORD,
      leaderTransitions: Math.max(0, promises.loggedToken),
      session: `${FORCED}${++this.#edits}`,
      sequence: 1,
      base: place.headBefore(back),
      protocol: place.protocol,
    });
  }

  #span(): number {
    const { random, plan } = this.#campaign;
    return random() * 1.5 * plan.timings.leaseDuration;
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.#campaign.random() * from.length)];
    if (picked === undefined) throw new Error("Cannot pick from nothing");
    return picked;
  }
}
