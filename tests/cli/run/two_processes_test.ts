import assert from "node:assert/strict";
import { Campaigner } from "../../../cli/run/campaigner.ts";
import { Keeper } from "../../../cli/run/keeper.ts";
import type { CampaignerMessage, KeeperMessage } from "../../../cli/run/messages.ts";
import { LeaderElector } from "../../../elector/mod.ts";
import { type Clock, FakeClock, type SleepOptions } from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { FakeGroup } from "./fake_group.ts";

const GRACE = 10_000;
const DEADLINE = 40_000;

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
class World {
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
        return new Promise<void>((resolve) =>
          term.signal.addEventListener("abort", () => resolve())
        );
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

/** What goes wrong in the middle of a term, 20 s after its beginning. */
const IN_A_TERM: Readonly<Record<string, (world: World) => void>> = {
  "the campaigner hangs": (world) => world.hangCampaigner(),
  "the campaigner hangs with a question under way": (world) => {
    world.toCampaigner.onSend = ({ type }) => type === "ask" && world.hangCampaigner();
  },
  "the keeper is stopped": (world) => world.stopKeeper(),
  "the keeper is stopped with an answer under way": (world) => {
    world.toKeeper.onSend = ({ type }) => type === "answer" && world.stopKeeper();
  },
  "the pipe to the campaigner is stuck": (world) => world.toCampaigner.isStuck = true,
  "the pipe to the keeper is stuck": (world) => world.toKeeper.isStuck = true,
  "both pipes are stuck": (world) => world.toKeeper.isStuck = world.toCampaigner.isStuck = true,
  "the campaigner is gone": (world) => {
    world.hangCampaigner();
    world.keeper.onCampaignerGone();
  },
  "the keeper is gone": (world) => {
    world.stopKeeper();
    world.campaigner.onKeeperGone();
  },
  "the term ends while nothing is asked": (world) => world.elector.stepDown(),
  "the term ends, and the news is lost": (world) => {
    world.toKeeper.loses = "news";
    world.elector.stepDown();
  },
  "the term ends, and the keeper is stopped": (world) => {
    world.stopKeeper();
    world.elector.stepDown();
  },
};

for (const [fault, act] of Object.entries(IN_A_TERM)) {
  Deno.test(`The command is gone before another candidate leads: ${fault}`, async () => {
    const world = new World();
    await world.clock.advance(20_000);
    assert.equal(world.group.exists(), true);
    assert.deepEqual(world.group.timeline, []);
    act(world);
    await world.play();
    assert.equal(world.isExclusive, true);
    await world.end();
  });
}

Deno.test("A term that ends while nothing is asked ends its command at once", async () => {
  const world = new World();
  await world.clock.advance(22_500);
  world.elector.stepDown();
  await world.clock.advance(GRACE);
  assert.deepEqual(world.group.timeline, ["22500 SIGTERM", "32500 SIGKILL"]);
  assert.deepEqual(world.stops, []);
  await world.end();
});

Deno.test("A machine that was suspended ends its command within a second of waking, and in less time", async () => {
  const world = new World();
  await world.clock.advance(22_500);
  world.clock.stepWall(DEADLINE);
  await world.clock.advance(GRACE);
  // The deadline, 15 + 40 s, passed 8 s before.
  assert.deepEqual(world.group.timeline, ["23000 SIGTERM", "25000 SIGKILL"]);
  await world.end();
});

Deno.test("A campaigner that hangs has its command ended at the deadline that was granted last", async () => {
  const world = new World();
  // It was renewed at 15 s, and the keeper has asked since.
  await world.clock.advance(22_500);
  world.hangCampaigner();
  await world.clock.advance(DEADLINE);
  assert.deepEqual(world.group.timeline, ["55000 SIGTERM"]);
  await world.end();
});

Deno.test("A keeper that misses the news of a term costs the lead, and no command runs", async () => {
  const world = new World();
  world.toKeeper.loses = "news";
  await world.play();
  assert.deepEqual([world.groups, world.isExclusive, world.stops], [[], true, ["keeper stopped"]]);
  await world.end();
});

Deno.test("A keeper that was stopped as a term began starts no command after it", async () => {
  const world = new World();
  world.stopKeeper();
  await world.play();
  assert.equal(world.isExclusive, true);
  await world.end();
  assert.deepEqual(world.groups, []);
});

Deno.test("The two processes say little: nothing while another leads, in a term as much as each D/8", async () => {
  const world = new World();
  const asked: number[] = [];
  world.toCampaigner.onSend = ({ type }) => type === "ask" && asked.push(world.clock.monotonic());
  await world.clock.advance(3_600_000);
  assert.equal(world.group.exists(), true);
  assert.equal(asked.length, 1 + 3_600 / 5);
  await world.end();
});
