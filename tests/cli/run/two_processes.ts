import assert from "node:assert/strict";
import { Campaigner } from "../../../cli/run/campaigner.ts";
import { Keeper } from "../../../cli/run/keeper.ts";
import type { CampaignerMessage, KeeperMessage } from "../../../cli/run/messages.ts";
import { LeaderElector } from "../../../elector/mod.ts";
import { type Clock, FakeClock, type SleepOptions } from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { untilAborted } from "../../elector/candidate.ts";
import { FakeGroup } from "./fake_group.ts";

export const GRACE = 10_000;
export const DEADLINE = 40_000;

/** The clock of one process: while that is stopped, or hangs, no timer of it fires. */
class ProcessClock implements Clock {
  readonly #clock: Clock;
  #stopped: PromiseWithResolvers<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  wall(): number {
    return this.#clock.wall();
  }

  async sleep(ms: number, options?: SleepOptions): Promise<void> {
    await this.#clock.sleep(ms, options);
    await this.#stopped?.promise;
    options?.signal?.throwIfAborted();
  }

  stop(): void {
    this.#stopped = Promise.withResolvers();
  }

  resume(): void {
    this.#stopped?.resolve();
    this.#stopped = undefined;
  }
}

/** Carries messages one way, in order, unless its reader does not read. */
class Pipe<M extends { readonly type: string }> {
  readonly #deliver: (message: M) => void;
  readonly #waiting: M[] = [];
  isStuck = false;
  /** Messages that are lost. */
  loses: M["type"] | undefined;
  onSend: (message: M) => void = () => {};

  constructor(deliver: (message: M) => void) {
    this.#deliver = deliver;
  }

  readonly send = (message: M): void => {
    this.onSend(message);
    if (message.type === this.loses) return;
    this.#waiting.push(message);
    queueMicrotask(() => this.flush());
  };

  flush(): void {
    while (!this.isStuck) {
      const message = this.#waiting.shift();
      if (!message) return;
      this.#deliver(message);
    }
  }
}

/** Both processes of `elector run` with a real election, and a rival that takes over as soon as it may. */
export class World {
  readonly clock = new FakeClock();
  readonly keeperClock = new ProcessClock(this.clock);
  readonly campaignerClock = new ProcessClock(this.clock);
  readonly toKeeper = new Pipe<CampaignerMessage>((message) => this.keeper.receive(message));
  readonly toCampaigner = new Pipe<KeeperMessage>((message) => this.campaigner.receive(message));
  readonly groups: FakeGroup[] = [];
  readonly stops: string[] = [];
  /** Whether no command was alive when the rival began to lead; `undefined` before. */
  isExclusive: boolean | undefined;
  readonly elector: LeaderElector;
  readonly #store = new MemoryStore();
  readonly #end = new AbortController();
  readonly keeper: Keeper;
  readonly campaigner: Campaigner;

  constructor() {
    this.keeper = new Keeper({
      clock: this.keeperClock,
      grace: GRACE,
      renewDeadline: DEADLINE,
      send: this.toCampaigner.send,
      start: () => {
        const group = new FakeGroup(this.clock);
        this.groups.push(group);
        return { group, exited: group.exited };
      },
    });
    const ending = new AbortController();
    this.campaigner = new Campaigner({
      clock: this.campaignerClock,
      grace: GRACE,
      stallTimeout: DEADLINE,
      send: this.toKeeper.send,
      group: () => this.group,
      resign: () => this.elector.stepDown(),
      stop: (why) => {
        this.stops.push(why);
        ending.abort();
      },
    });
    this.elector = new LeaderElector({
      lock: new MemoryLock("one", this.#store),
      clock: this.campaignerClock,
      random: () => 0,
      onStartedLeading: (term) => this.campaigner.lead(term),
    });
    this.elector.run({ signal: AbortSignal.any([ending.signal, this.#end.signal]) });
    this.keeper.run();
  }

  get group(): FakeGroup {
    const group = this.groups.at(-1);
    assert.ok(group);
    return group;
  }

  /** Lets the rival watch, and two minutes pass: more than a lease, a grace period and a takeover. */
  async play(): Promise<void> {
    const rival = new LeaderElector({
      lock: new MemoryLock("rival", this.#store),
      clock: this.clock,
      random: () => 0,
      onStartedLeading: (term) => {
        this.isExclusive ??= this.groups.every((group) => !group.exists());
        return untilAborted(term);
      },
    });
    rival.run(this.#end);
    await this.clock.advance(120_000);
  }

  /** The campaigner's process is gone in the end, and the keeper's with it. */
  async end(): Promise<void> {
    for (const clock of [this.keeperClock, this.campaignerClock]) clock.resume();
    for (const pipe of [this.toKeeper, this.toCampaigner]) {
      pipe.isStuck = false;
      pipe.flush();
    }
    this.keeper.onCampaignerGone();
    this.#end.abort();
    await this.clock.advance(200_000);
  }

  hangCampaigner(): void {
    this.campaignerClock.stop();
    this.toCampaigner.isStuck = true;
  }

  stopKeeper(): void {
    this.keeperClock.stop();
    this.toKeeper.isStuck = true;
  }
}
