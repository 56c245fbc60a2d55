import type { Clock } from "../../../lock/mod.ts";
import type { Ending } from "../../../cli/run/child.ts";
import type { ProcessGroup } from "../../../cli/run/process_group.ts";

/** A process group in memory, with a timeline of the signals that it got. */
export class FakeGroup implements ProcessGroup {
  /** Signals, in order: `"1000 SIGTERM"`. */
  readonly timeline: string[] = [];
  readonly id = 4711;
  /** Resolves when the process that leads the group has ended. */
  readonly exited: Promise<Ending>;
  readonly #clock: Clock;
  readonly #handles: readonly Deno.Signal[];
  readonly #exit = Promise.withResolvers<Ending>();
  /** Whether it runs as another user, and takes no signal of this one's. */
  isProtected = false;
  /** Whether all of it is dead, and nobody reaps it. */
  isZombie = false;
  #isAlive = true;

  /** Creates a group that ends on KILL, and on the signals that it handles. */
  constructor(clock: Clock, handles: readonly Deno.Signal[] = []) {
    this.#clock = clock;
    this.#handles = handles;
    this.exited = this.#exit.promise;
  }

  signal(signal: Deno.Signal): void {
    if (!this.#isAlive) return;
    if (signal !== "SIGCONT") this.timeline.push(`${this.#clock.monotonic()} ${signal}`);
    if (this.isProtected) return;
    if (signal === "SIGKILL") this.end(137, signal);
    else if (this.#handles.includes(signal)) this.end(143, signal);
  }

  exists(): boolean {
    return this.#isAlive;
  }

  isDead(): Promise<boolean> {
    return Promise.resolve(!this.#isAlive || this.isZombie);
  }

  isSurelyDead(): Promise<boolean> {
    return this.isDead();
  }

  /** Every process of the group ends. */
  end(code: number, signal?: Deno.Signal): void {
    this.#isAlive = false;
    this.#exit.resolve({ code, signal });
  }

  /** The process that leads the group ends, and leaves others behind. */
  endLeader(code: number): void {
    this.#exit.resolve({ code, signal: undefined });
  }
}
