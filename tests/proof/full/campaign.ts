import { TrueTime } from "../../elector/drift_clock.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { Violation } from "../model/checks.ts";
import { Candidate, type Watcher, type WorkHabit } from "./machines/candidate.ts";
import { checkCalm, checkHome, checkLeader } from "./promises/calm.ts";
import { Host } from "./machines/host.ts";
import { Misfortunes } from "./misfortunes.ts";
import type { NetworkFault } from "./stores/network.ts";
import { openPlace } from "./stores/open_place.ts";
import type { Place, PlaceKind } from "./stores/place.ts";
import { type Misfortune, type Plan, planOf, type Program, type Role } from "./plan.ts";
import { Preferences } from "./preferences.ts";
import { Process } from "./machines/process.ts";
import { Promises } from "./promises/promises.ts";
import type { CampaignResult } from "./report.ts";
import { Trace } from "./trace.ts";
import { nameOf } from "./promises/turns.ts";
import { Workload } from "./machines/workload.ts";

/** One seat that a candidate runs at, and the candidate that runs there now. */
export interface Seat {
  readonly name: string;
  readonly program: Program;
  readonly role: Role;
  readonly host: Host;
  readonly workload: Workload;
  candidate: Candidate;
  /** Until when the network does not reach it (true milliseconds). */
  cutOffUntil: number;
}

/** Plays one seed. */
export async function play(seed: number, place?: PlaceKind): Promise<CampaignResult> {
  const campaign = new Campaign(planOf(seed, place));
  return await campaign.play();
}

/** A whole world in virtual time: a server, a network, machines, and candidates as they ship. */
export class Campaign {
  readonly plan: Plan;
  readonly time = new TrueTime();
  readonly random: () => number;
  readonly place: Place;
  readonly seats: Seat[];
  readonly trace = new Trace(this.time);
  readonly happened = new Set<NetworkFault | Misfortune>();
  readonly promises: Promises;
  readonly #preferences: Preferences;
  readonly #met = new Set<string>();
  /** Every process that was not killed: paused ones, too, and those that were told to stop. */
  #candidates: Candidate[] = [];
  #starts = 0;
  #failure: Error | undefined;
  #campaignsAgain = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.random = seededRandom(plan.seed ^ 0x5eed);
    this.place = openPlace(this);
    this.promises = new Promises(this.place.log, plan, this.time, this.met);
    this.#preferences = new Preferences(this);
    this.seats = plan.roles.map((role, index) => this.#makeSeat(role, index));
  }

  /** Until the end, or the first broken promise. */
  async play(): Promise<CampaignResult> {
    const { plan, time } = this;
    new Misfortunes(this).begin();
    this.#preferences.begin();
    await this.#runUntil(plan.calmAt);
    this.guard(() => this.#calm());
    await this.#runUntil(plan.leaderBy);
    this.guard(() => checkLeader(this));
    await this.#runUntil(plan.homeBy);
    this.guard(() => checkHome(this));
    this.place.resetSpent();
    await this.#runUntil(plan.endAt);
    this.guard(() => checkCalm(this));
    return {
      plan,
      failure: this.#failure,
      hash: this.trace.hash,
      story: this.trace.newest,
      terms: this.promises.starts,
      refusals: this.promises.refusals,
      simulated: time.now,
      happened: this.happened,
      campaignsAgain: this.#campaignsAgain,
      met: this.#met,
    };
  }

  /** Starts a new process at a seat, whatever became of the one before. */
  start(seat: Seat, habit: WorkHabit = "prompt"): Candidate {
    const { plan, random } = this;
    this.#starts++;
    const candidate = new Candidate({
      seat,
      process: new Process(seat.host, this.time, random),
      place: this.place,
      timings: plan.timings,
      random: seededRandom(plan.seed * 1_000 + this.#starts),
      nonce: `process ${this.#starts}`,
      habit,
      readyGrace: plan.readyGrace,
      isCalm: () => this.time.now >= plan.calmAt,
      isConnected: () => this.time.now >= seat.cutOffUntil,
      watcher: this.#watcher,
    });
    this.#candidates = this.#candidates.filter(({ process }) => !process.isKilled);
    this.#candidates.push(candidate);
    this.trace.note(`${seat.name} starts`);
    candidate.run();
    return candidate;
  }

  /** A process ends at this instant, in the middle of whatever it does. */
  kill(candidate: Candidate): void {
    candidate.process.kill();
    this.trace.note(`${candidate.name} is killed`);
  }

  /** Something happened that seeds as a whole must meet. */
  readonly met = (situation: string): void => {
    this.#met.add(situation);
  };

  /** A suspended machine goes on, with every process on it. */
  wake(host: Host): void {
    host.wake();
    for (const { process } of this.#candidates) if (process.host === host) process.release();
  }

  /** Does something at this true time from now, unless the campaign has failed. */
  after(ms: number, act: () => void): void {
    this.time.sleep(ms).then(() => this.guard(act));
  }

  readonly #watcher: Watcher = {
    onStarted: (candidate, term) =>
      this.guard(() => {
        this.trace.note(`${candidate.name} leads, token ${term.token}`);
        this.promises.checkStart(candidate, term, this.#candidates);
      }),
    onStopped: (candidate, term) => {
      const { token, signal: { reason: { reason } } } = term;
      this.trace.note(`${candidate.name} stops, token ${token}: ${reason}`);
      this.guard(() => this.promises.terms.checkEnd(candidate, term, reason));
      this.met(`a term ends: ${reason}`);
    },
    onUnready: () => this.met("a callback that throws is told"),
    onEffect: ({ name }, { token }) => {
      // Some effects are under way for so long that others lead when they arrive.
      const longest = this.random() < 0.1 ? 3 * this.plan.timings.leaseDuration : this.plan.latency;
      const travel = this.random() * longest;
      this.after(travel, () => this.promises.checkEffect(name, token));
    },
    onAgain: (candidate, error) => {
      this.#campaignsAgain++;
      this.trace.note(`${candidate.name} campaigns again: ${kindOf(error)}`);
    },
    onEnded: (candidate, error) => this.#onEnded(candidate, error),
    onBroken: (error) => this.fail(error),
  };

  /** A supervisor starts a program again that has ended. */
  #onEnded(candidate: Candidate, error: unknown): void {
    this.trace.note(`${candidate.name} has ended: ${kindOf(error)}`);
    candidate.process.kill();
    this.after(this.plan.timings.pollPeriod, () => {
      const seat = this.seats.find((seat) => seat.candidate === candidate);
      if (seat) seat.candidate = this.start(seat);
    });
  }

  #makeSeat(role: Role, index: number): Seat {
    const { rates, programs } = this.plan;
    const host = new Host(this.time, rates[index] ?? 1);
    const program = programs[index] ?? "run";
    const [name, workload] = [nameOf(index), new Workload(host)];
    const seat = { name, program, role, host, workload, cutOffUntil: 0 } as Seat;
    seat.candidate = this.start(seat);
    return seat;
  }

  /** The storm is over: everybody runs, and work that never ends is ended with its process. */
  #calm(): void {
    this.trace.note("calm");
    for (const candidate of this.#candidates) {
      const { habit, process } = candidate.options;
      this.wake(process.host);
      process.resume();
      const isSeated = this.seats.some((seat) => seat.candidate === candidate);
      if (habit === "never" || !isSeated) this.kill(candidate);
    }
    for (const seat of this.seats) {
      seat.cutOffUntil = 0;
      if (seat.candidate.process.isKilled) seat.candidate = this.start(seat);
    }
    this.#preferences.calm();
  }

  async #runUntil(end: number): Promise<void> {
    // Small stretches, so that a failure is not followed by a long time that nobody looks at.
    while (this.time.now < end && !this.#failure) {
      await this.time.runUntil(Math.min(end, this.time.now + 1_000), () => this.#look());
    }
  }

  #look(): void {
    this.guard(() => {
      this.promises.checkTerms(this.#candidates);
      this.promises.checkTold(this.#candidates);
    });
  }

  /** Does something unless the campaign has failed; what it throws is its failure. */
  guard(act: () => void): void {
    if (this.#failure) return;
    try {
      act();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends the campaign with what must never happen. */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Violation("the machine's own", "?");
    this.trace.note(`failed: ${error}`);
  }

  /** Somebody writes the lock's text by hand. */
  edit(text: string): void {
    this.place.edit(text);
    this.checkLog();
  }

  /** Somebody writes another file. */
  editOther(text: string): void {
    this.place.editOther(text);
    this.checkLog();
  }

  /** Something may have taken effect, and its answer may be lost. */
  checkLog(isLost = false): void {
    const isNew = this.promises.checkLog(this.#candidates, isLost);
    if (isNew && isLost) this.#preferences.tempt();
  }
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : "stopped";
}
