import type { Clock } from "../../lock/mod.ts";
import type { ProcessGroup } from "../../cli/process_group.ts";

/** A process group in memory, with a timeline of the signals that it got. */
export class FakeGroup implements ProcessGroup {
  /** Signals, in order: `"1000 SIGTERM"`. */
  readonly timeline: string[] = [];
  /** Resolves with the exit code when the process that leads the group has ended. */
  readonly exited: Promise<number>;
  readonly #clock: Clock;
  readonly #heeds: readonly Deno.Signal[];
  readonly #exit = Promise.withResolvers<number>();
  #isAlive = true;

  /** Makes a group that ends on KILL, and on the signals that it heeds. */
  constructor(clock: Clock, heeds: readonly Deno.Signal[] = []) {
    this.#clock = clock;
    this.#heeds = heeds;
    this.exited = this.#exit.promise;
  }

  signal(signal: Deno.Signal): void {
    if (!this.#isAlive) return;
    if (signal !== "SIGCONT") this.timeline.push(`${this.#clock.monotonic()} ${signal}`);
    if (signal === "SIGKILL") this.end(137);
    else if (this.#heeds.includes(signal)) this.end(143);
  }

  exists(): boolean {
    return this.#isAlive;
  }

  /** Every process of the group ends. */
  end(code: number): void {
    this.#isAlive = false;
    this.#exit.resolve(code);
  }

  /** The process that leads the group ends, and leaves others behind. */
  endLeader(code: number): void {
    this.#exit.resolve(code);
  }
}
