import { holdsTerm } from "./observer.ts";
import type { Process } from "./process.ts";
import type { WorkEffect } from "./resource.ts";
import type { Fault } from "./scenario.ts";
import type { World } from "./world.ts";

/** What leaders do: they have effects on the world, and settle when their term has ended, late, or never. */
export class Work {
  readonly #world: World;

  /** Makes the work of a world. */
  constructor(world: World) {
    this.#world = world;
  }

  /** A term starts, and work under it. */
  begin(process: Process, token: number): void {
    process.isWorking = true;
    process.habit = "prompt";
    if (this.#strikes("stuck work", 0.15)) process.habit = "stuck";
    else if (this.#strikes("slow work", 0.6)) process.habit = "slow";
    const { session, claimIndex } = process;
    this.#workOn(process, { token, session, claimIndex });
  }

  /** Work has an effect on the world now and then, and obeys its signal or not. */
  #workOn(process: Process, effect: WorkEffect): void {
    const { leaseDuration } = this.#world.scenario.timings;
    this.#world.queue.add(this.#world.now + this.#world.fate.between(0, leaseDuration), () => {
      if (process.isDead || !process.isWorking || process.startedToken !== effect.token) return;
      if (process.pausedUntil <= this.#world.now) this.#affect(process, effect);
      this.#workOn(process, effect);
    });
  }

  #affect(process: Process, effect: WorkEffect): void {
    // Some work asks whether its term is valid, as it should: then the elector hears at once that it is not.
    if (process.term && this.#world.fate.chance(0.5) && !holdsTerm(process, this.#world.now)) {
      return this.#world.dispatch(process, { type: "tick" });
    }
    // Some effects are under way for so long that others lead when they arrive.
    const { leaseDuration } = this.#world.scenario.timings;
    const travel = this.#world.fate.chance(0.1)
      ? this.#world.fate.between(0, 3 * leaseDuration)
      : 1;
    this.#world.queue.add(this.#world.now + travel, () => this.#world.resource.arrive(effect));
  }

  /** A term ends; its work is told, and settles as it is wont to. */
  end(process: Process): void {
    process.term = undefined;
    const { drainTimeout, leaseDuration, retryPeriod } = this.#world.scenario.timings;
    switch (process.habit) {
      case "prompt":
        process.mustSettle = true;
        return;
      case "slow": {
        const longest = this.#world.fate.pick([retryPeriod, 0.9 * drainTimeout, 3 * drainTimeout]);
        const at = this.#world.now + this.#world.fate.between(0, longest);
        return this.#world.queue.add(at, () => this.#world.settle(process));
      }
      case "stuck": {
        // Somebody notices, and ends the process.
        const at = this.#world.now + drainTimeout + this.#world.fate.between(0, 3 * leaseDuration);
        return this.#world.queue.add(at, () => this.#world.crash(process, 0));
      }
    }
  }

  #strikes(fault: Fault, probability: number): boolean {
    if (this.#world.network.isCalm || !this.#world.scenario.faults.has(fault)) return false;
    if (!this.#world.randomOf(fault).chance(probability)) return false;
    this.#world.struck(fault);
    return true;
  }
}
