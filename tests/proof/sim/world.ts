import type { Effect, Event } from "../../../elector/machine/events.ts";
import { Calls } from "./calls.ts";
import type { Coverage } from "./coverage.ts";
import { checkFinish, checkInside } from "../model/checks.ts";
import type { Design } from "../model/design.ts";
import { Gist } from "./gist.ts";
import { Network } from "./network.ts";
import { nameOf, Observer } from "./observer.ts";
import { Process, type Seat } from "./process.ts";
import { oldVersion } from "../model/old_version.ts";
import { checkPreferences } from "../model/preference.ts";
import { Queue } from "./queue.ts";
import { Random } from "./random.ts";
import { FencedResource } from "./resource.ts";
import { type Fault, FAULTS, type Scenario } from "./scenario.ts";
import { makeSeat } from "./seat.ts";
import { tellEffect } from "./story.ts";
import { Trace } from "./trace.ts";
import { Work } from "./work.ts";

/** While it leads, a process looks at its clocks this often (milliseconds): the shell's heartbeat. */
const HEARTBEAT = 1_000;

/** What noted numbers mean. */
const NOTED = { appointment: 1, timer: 2, answer: 3, arrival: 4, effect: 5 } as const;

/** What a world is made of. */
export interface WorldOptions {
  readonly scenario: Scenario;
  readonly design: Design;
  readonly coverage: Coverage;
  /** Whether the story is told in words, too. */
  readonly isTold: boolean;
}

/** Electors on machines with clocks of their own, a network, a gist, and the true time that nobody knows. */
export class World {
  /** True time, in milliseconds. */
  now = 0;
  /** How many events there were. */
  events = 0;
  readonly scenario: Scenario;
  readonly queue = new Queue();
  readonly trace: Trace;
  readonly gist: Gist;
  readonly network: Network;
  readonly observer: Observer;
  readonly resource = new FencedResource();
  readonly seats: readonly Seat[];
  /** All that were not killed: also those that a newer one has taken the place of. */
  readonly processes: Process[] = [];
  /** What is drawn whatever the faults. */
  readonly fate: Random;
  readonly #options: WorldOptions;
  readonly #randoms = new Map<Fault, Random>();
  /** Whose lock object is whose. */
  readonly bySession = new Map<number, Process>();
  readonly #calls = new Calls(this);
  readonly #work = new Work(this);
  readonly #reading = { monotonic: 0, wall: 0, random: 0, isReady: true };
  #started = 0;

  /** Makes the world of a scenario, before anything has happened. */
  constructor(options: WorldOptions) {
    const { scenario, design } = options;
    const { courseSeed: seed, electors, protocol } = scenario;
    this.#options = options;
    this.scenario = scenario;
    this.trace = new Trace(options.isTold);
    this.gist = new Gist(protocol, design);
    this.observer = new Observer(this);
    this.fate = new Random(seed, 1);
    FAULTS.forEach((fault, index) => this.#randoms.set(fault, new Random(seed, 100 + index)));
    this.network = new Network({
      scenario,
      latency: new Random(seed, 2),
      randomOf: (fault) => this.randomOf(fault),
      onFault: (fault) => this.struck(fault),
    });
    const clocks = new Random(seed, 3);
    // These last from the start to the end.
    for (const fault of ["ranks", "failback"] as const) {
      if (scenario.faults.has(fault)) this.struck(fault);
    }
    const ranks = this.randomOf("ranks");
    this.seats = Array.from(
      { length: electors },
      (_, index) => makeSeat(scenario, index, clocks, ranks),
    );
  }

  /** The random numbers of a class of fault. */
  randomOf(fault: Fault): Random {
    const random = this.#randoms.get(fault);
    if (!random) throw new Error(`There is no fault ${fault}`);
    return random;
  }

  /** A fault happened. */
  struck(fault: Fault, line: string = fault): void {
    this.#options.coverage.fault(fault);
    if (this.trace.isTold) this.tell(`(${line})`);
  }

  /** Something happened that runs as a whole must meet. */
  met(situation: string): void {
    this.#options.coverage.met(situation);
  }

  /** A line of the story. */
  tell(line: string): void {
    this.trace.tell(this.now, line);
  }

  /** Lets time pass. */
  runUntil(end: number): void {
    const { queue, processes, trace } = this;
    while (true) {
      let at = queue.nextAt;
      let next: Process | undefined;
      for (const process of processes) {
        const { nextAt } = process;
        if (nextAt >= at) continue;
        at = nextAt;
        next = process;
      }
      if (at > end) break;
      if (at > this.now) this.now = at;
      this.events++;
      if (next) this.#wake(next);
      else {
        trace.note(this.now, NOTED.appointment, 0);
        queue.run();
      }
    }
    this.now = end;
  }

  // ---- Processes ----

  /** A candidate's process starts. */
  start(seat: Seat, before?: Process): void {
    if (seat.clock.isSuspended || seat.clock.isFrozen) {
      this.queue.add(this.now + HEARTBEAT, () => this.start(seat, before));
      return;
    }
    if (seat.process) return;
    const number = ++this.#started;
    const { scenario } = this;
    const random = new Random(scenario.courseSeed, 1_000 + number);
    const process = new Process(seat, scenario, number, random, before);
    if (scenario.faults.has("old versions") && !this.network.isCalm) {
      process.isOld = this.randomOf("old versions").chance(0.4);
      if (process.isOld) this.struck("old versions", `${nameOf(process)} is of version 0.1`);
    }
    seat.process = process;
    this.processes.push(process);
    this.bySession.set(process.session, process);
    if (this.trace.isTold) this.tell(`${nameOf(process)} starts`);
    this.dispatch(process, { type: "start" });
  }

  /** The processes of a machine: the candidate's, and older ones that were not killed. */
  processesAt(seat: Seat): Process[] {
    return this.processes.filter((process) => process.seat === seat);
  }

  /** A process ends at this instant, without a word. What it has sent may yet arrive. */
  kill(process: Process): void {
    if (process.isDead) return;
    process.isDead = true;
    this.#calls.orphan(process);
    this.processes.splice(this.processes.indexOf(process), 1);
    this.bySession.delete(process.session);
    if (process.seat.process === process) process.seat.process = undefined;
    if (this.trace.isTold) this.tell(`${nameOf(process)} is gone`);
  }

  /** Sets a process's timer anew, after its machine's clocks were changed. */
  rearm(process: Process): void {
    const { seat: { clock, lateness }, wakeAt, random } = process;
    process.timerAt = clock.timeOf(wakeAt);
    if (lateness > 0) process.timerAt += random.between(0, lateness);
  }

  /** A machine's clocks went on without its timers: a heartbeat comes soon. */
  wakeUp(process: Process): void {
    this.rearm(process);
    const heartbeat = this.now + process.random.between(0, HEARTBEAT);
    process.lateUntil = Math.max(process.lateUntil, this.now + HEARTBEAT);
    if (process.state.lease) process.timerAt = Math.min(process.timerAt, heartbeat);
  }

  /** An event reaches a process; what its machine wants done is done. */
  dispatch(process: Process, event: Event): void {
    const { design, coverage } = this.#options;
    const { seat: { clock }, config, state: before } = process;
    const reading = this.#reading;
    reading.monotonic = clock.monotonicAt(this.now);
    reading.wall = clock.wallAt(this.now);
    reading.isReady = !process.seat.isUnready;
    reading.random = process.random.next();
    process.steps++;
    coverage.event(before, event);
    const take = process.isOld ? oldVersion(design.step) : design.step;
    const { state, effects, wakeAt } = take(config, before, event, reading);
    process.state = state;
    process.wakeAt = wakeAt;
    checkInside(before, event, effects);
    if (!process.isOld) {
      checkPreferences({ config, before, event, now: reading, after: state, effects });
    }
    coverage.change(before, event, process);
    for (const effect of effects) {
      coverage.effect(effect, before);
      if (this.trace.isTold) tellEffect(this, process, effect);
      this.#carryOut(process, effect, before);
    }
    this.rearm(process);
    if (process.mustSettle) this.settle(process);
    if (state.finished && !before.finished) this.#restart(process);
  }

  /** The work of a term that has ended settles. */
  settle(process: Process): void {
    if (process.isDead || !process.isWorking) return;
    if (process.pausedUntil > this.now) {
      this.queue.add(process.pausedUntil, () => this.settle(process));
      return;
    }
    process.mustSettle = false;
    process.isWorking = false;
    this.dispatch(process, { type: "settled" });
  }

  // ---- What happens to a process ----

  #wake(process: Process): void {
    const { inFlight, timerAt, seat } = process;
    if (inFlight && inFlight.arriveAt <= this.now && inFlight.write) {
      this.trace.note(this.now, NOTED.arrival, seat.index);
      inFlight.arriveAt = Infinity;
      return this.#calls.arrive(inFlight, inFlight.write, seat);
    }
    const isAnswered = inFlight !== undefined && inFlight.answerAt <= this.now;
    // After a pause all is due at once, in any order.
    const isFirst = timerAt > this.now || process.random.chance(0.5);
    if (isAnswered && isFirst) {
      this.trace.note(this.now, NOTED.answer, seat.index);
      return this.#calls.answer(process, inFlight);
    }
    this.trace.note(this.now, NOTED.timer, seat.index);
    this.dispatch(process, { type: "tick" });
  }

  // ---- What a process does ----

  #carryOut(process: Process, effect: Effect, before: Process["state"]): void {
    this.trace.note(this.now, NOTED.effect + effect.type.length, process.seat.index);
    switch (effect.type) {
      case "call":
        return this.#calls.send(process, effect, before, this.#reading);
      case "abandon":
        this.#calls.orphan(process);
        return this.#calls.hearLate(process, effect.id);
      case "startTerm":
        this.observer.start(effect, process);
        return this.#work.begin(process, effect.token);
      case "extendTerm":
        return this.observer.extend(effect, process);
      case "endTerm":
        this.observer.end(effect, process);
        return this.#work.end(process);
      case "finish":
        checkFinish(process);
        process.isFinished = true;
        return;
    }
  }

  /** A process crashes, and another one starts in its place after a while. */
  crash(process: Process, after: number, isSameLock = false): void {
    if (process.isDead) return;
    const { seat } = process;
    const isSeated = seat.process === process;
    this.kill(process);
    const before = isSameLock ? process : undefined;
    if (isSeated) this.queue.add(this.now + after, () => this.start(seat, before));
  }

  /**
   * An election is over: the program campaigns again with the same elector, or makes another with the same lock, or a
   * supervisor starts it again.
   */
  #restart(process: Process): void {
    const { fate, scenario: { timings } } = this;
    const isAtOnce = fate.chance(0.3);
    const after = isAtOnce ? 0 : fate.between(0, fate.pick([2, 20]) * timings.pollPeriod);
    if (fate.chance(0.4)) return this.crash(process, after, fate.chance(0.5));
    // A program may make the next campaign long before it begins.
    if (fate.chance(0.5)) this.#makeCampaign(process);
    this.queue.add(this.now + after, () => this.#beginCampaign(process));
  }

  #makeCampaign(process: Process): void {
    process.campaignAgain();
    this.met(process.isWorking ? "a campaign is made while work goes on" : "a campaign is made");
  }

  #beginCampaign(process: Process): void {
    const { pausedUntil, isDead } = process;
    if (isDead) return;
    if (pausedUntil > this.now) {
      return this.queue.add(pausedUntil, () => this.#beginCampaign(process));
    }
    if (process.isFinished) this.#makeCampaign(process);
    if (process.state.started) return;
    if (this.trace.isTold) this.tell(`${nameOf(process)} campaigns again`);
    this.dispatch(process, { type: "start" });
  }
}
