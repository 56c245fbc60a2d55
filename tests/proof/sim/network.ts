import type { Random } from "./random.ts";
import type { Fault, Scenario } from "./scenario.ts";

/** What becomes of one request. True times; `Infinity` for never. */
export interface Trip {
  /** When it reaches the store; a read may then be answered from an older state. */
  arriveAt: number;
  /** When a copy of it does. */
  copyAt: number;
  /** When its answer, or the news of a failure, comes back. */
  answerAt: number;
  /** Whether what comes back tells nothing. */
  isError: boolean;
  /** How old the history is that is shown: for a write, at its arrival; less than nothing where it is a later one. */
  lag: number;
  /** How old the text is. */
  textLag: number;
}

/** What a partition cuts off. */
export type Cut = "nothing" | "requests" | "answers";

/** What a network needs. */
export interface NetworkOptions {
  readonly scenario: Scenario;
  readonly latency: Random;
  /** Each class of fault draws its own random numbers: to switch one off changes nothing for another. */
  readonly randomOf: (fault: Fault) => Random;
  readonly onFault: (fault: Fault) => void;
}

/** Decides what becomes of requests. */
export class Network {
  /** Whether nothing goes wrong any more. */
  isCalm = false;
  readonly #options: NetworkOptions;

  /** Makes the network of a scenario. */
  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /**
   * What becomes of a call that leaves now.
   *
   * @param requests How many requests it takes: a write is done with the first, a read with the last.
   */
  send(now: number, isWrite: boolean, cut: Cut, requests = 1): Trip {
    const { latency, scenario: { latency: [least, most] } } = this.#options;
    const arriveAt = now + latency.between(least, most);
    let answerAt = arriveAt + latency.between(least, most);
    for (let more = 1; more < requests; more++) answerAt += 2 * latency.between(least, most);
    const trip: Trip = { arriveAt, copyAt: Infinity, answerAt, isError: false, lag: 0, textLag: 0 };
    if (this.isCalm) return trip;
    if (cut !== "nothing") this.#cutOff(trip, cut);
    this.#delay(trip);
    if (isWrite) this.#harmWrite(trip, now);
    else this.#harmRead(trip);
    this.#mix(trip, isWrite);
    return trip;
  }

  #cutOff(trip: Trip, cut: Cut): void {
    if (cut === "requests") trip.arriveAt = Infinity;
    loseAnswer(trip, this.#options.randomOf("partitions"));
  }

  #delay(trip: Trip): void {
    const random = this.#strikes("slow network", 0.15);
    if (!random) return;
    const { requestTimeout } = this.#options.scenario.timings;
    const there = random.between(0, 1.5 * requestTimeout);
    trip.arriveAt += there;
    trip.answerAt += there + random.between(0, 1.5 * requestTimeout);
  }

  #harmWrite(trip: Trip, now: number): void {
    const { requestTimeout, leaseDuration } = this.#options.scenario.timings;
    const lost = this.#strikes("lost requests", 0.04);
    if (lost) {
      trip.arriveAt = Infinity;
      loseAnswer(trip, lost);
    }
    const late = this.#strikes("late writes", 0.05);
    if (late) {
      const longest = late.pick([2 * requestTimeout, leaseDuration, 10 * leaseDuration]);
      trip.arriveAt = Math.max(trip.arriveAt, now + late.between(0, longest));
      trip.answerAt = Math.max(trip.answerAt, trip.arriveAt);
    }
    const unanswered = this.#strikes("lost answers", 0.06);
    if (unanswered) loseAnswer(trip, unanswered);
    const failed = this.#strikes("error answers", 0.05);
    if (failed) {
      trip.isError = true;
      if (failed.chance(0.5)) trip.arriveAt = Infinity;
    }
    const copied = this.#strikes("copied writes", 0.08);
    if (copied) {
      trip.copyAt = trip.arriveAt + copied.between(0, copied.pick([10, leaseDuration]));
    }
  }

  #harmRead(trip: Trip): void {
    const unanswered = this.#strikes("lost answers", 0.06);
    if (unanswered) loseAnswer(trip, unanswered);
    if (this.#strikes("error answers", 0.05)) trip.isError = true;
    const stale = this.#strikes("stale reads", 0.15);
    if (stale) {
      const oldest = stale.pick([0.1, 0.5, 3]) * this.#options.scenario.timings.leaseDuration;
      trip.lag = stale.between(0, oldest);
    }
  }

  /** The answer's text and its history are of two instants. That to a write may be put together after a while. */
  #mix(trip: Trip, isWrite: boolean): void {
    const { scenario: { protocol, timings: { leaseDuration } } } = this.#options;
    if (protocol === "git") return;
    const random = this.#strikes("mixed answers", 0.15);
    if (!random) return;
    const later = random.between(0, random.pick([0.02, 0.2, 1]) * leaseDuration);
    if (random.chance(0.5)) trip.textLag = trip.lag + later;
    else if (!isWrite || random.chance(0.5)) trip.lag += later;
    else trip.lag = -later;
  }

  /** Whether a fault happens: then the random numbers to draw its size from. */
  #strikes(fault: Fault, probability: number): Random | undefined {
    const { scenario, randomOf, onFault } = this.#options;
    if (!scenario.faults.has(fault)) return undefined;
    const random = randomOf(fault);
    if (!random.chance(probability)) return undefined;
    onFault(fault);
    return random;
  }
}

/** Either nothing is heard, or that the connection broke. */
function loseAnswer(trip: Trip, random: Random): void {
  trip.isError = true;
  if (random.chance(0.5)) trip.answerAt = Infinity;
}
