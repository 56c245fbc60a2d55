import assert from "node:assert/strict";
import { DEFAULT_TIMINGS, failoverBounds, LeaderElector } from "../../../elector/mod.ts";
import { HandoverRefusedError, requestHandover } from "../../../elector/mod.ts";
import { GistLock, type Protocol, REQUESTS } from "../../../gist/mod.ts";
import { GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import { FakeClock, parseRecord } from "../../../lock/mod.ts";
import { seededRandom } from "../../support/seeded_random.ts";
// @ts-types="../../support/old_version/elector_0_1.d.ts"
import * as old from "../../support/old_version/elector_0_1.js";

const FILE = "leader-election.json";
const STEP_MS = 250;

interface Candidate {
  readonly elector: LeaderElector;
  readonly tokens: number[];
  readonly ends: string[];
  /** Whether its requests get no response. */
  isCut: boolean;
  stop(): Promise<void>;
}

/** Candidates of both versions on one gist, in one virtual time, of which at most one may lead at any time. */
class World implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly #server = new GistServer({ clock: this.clock });
  readonly #gist = this.#server.createGist({ [FILE]: "{}" });
  readonly #random;
  readonly #protocol: Protocol;
  readonly all: Candidate[] = [];
  /** The tokens of all terms, in the order in which they began. */
  readonly tokens: number[] = [];

  constructor(protocol: Protocol, seed: number) {
    this.#protocol = protocol;
    this.#random = seededRandom(seed);
  }

  start(identity: string, version: "old" | "new", options: object = {}): Candidate {
    const { LeaderElector: Elector } = version === "old" ? old : { LeaderElector };
    const lock = version === "old"
      ? new old.GistLock(this.#lockOptions(identity, () => candidate.isCut))
      : new GistLock(this.#lockOptions(identity, () => candidate.isCut));
    const stopped = new AbortController();
    const elector = new Elector({
      lock,
      clock: this.clock,
      random: this.#random,
      ...options,
      onStartedLeading: ({ token }) => {
        candidate.tokens.push(token);
        this.tokens.push(token);
      },
      onStoppedLeading: (_, reason) => candidate.ends.push(reason),
    });
    const running = elector.run({ signal: stopped.signal });
    const candidate: Candidate = {
      elector,
      tokens: [],
      ends: [],
      isCut: false,
      stop: async () => {
        stopped.abort();
        await this.advance(5_000);
        await running;
        this.all.splice(this.all.indexOf(candidate), 1);
      },
    };
    this.all.push(candidate);
    return candidate;
  }

  /** A lock object that no candidate uses. */
  operator(): GistLock {
    return new GistLock(this.#lockOptions("operator", () => false));
  }

  #lockOptions(identity: string, isCut: () => boolean) {
    const fetch = (request: Request) =>
      isCut() ? Promise.reject(new TypeError("cut")) : this.#server.fetch(request);
    const { clock } = this;
    const random = this.#random;
    return {
      id: this.#gist,
      token: LOCAL_TOKEN,
      protocol: this.#protocol,
      identity,
      fetch,
      clock,
      random,
    };
  }

  get record() {
    return parseRecord(this.#server.revisions(this.#gist)[0]?.files[FILE] ?? "{}");
  }

  get leader(): Candidate | undefined {
    return this.all.find(({ elector }) => elector.isLeader());
  }

  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.clock.advance(STEP_MS);
      const leaders = this.all.filter(({ elector }) => elector.isLeader());
      assert.ok(leaders.length <= 1, "two lead");
    }
    const sorted = this.tokens.toSorted((a, b) => a - b);
    assert.deepEqual(this.tokens, sorted);
    assert.equal(new Set(this.tokens).size, this.tokens.length);
  }

  /** Lets time pass until this one leads. */
  async until(found: () => boolean, most: number): Promise<void> {
    for (let passed = 0; passed < most && !found(); passed += STEP_MS) await this.advance(STEP_MS);
    assert.ok(found(), `not within ${most} ms`);
  }

  async request(to: string): Promise<string> {
    let outcome: string | undefined;
    requestHandover(this.operator(), to, { clock: this.clock }).then(
      (result) => outcome = result.outcome,
      (error) => {
        outcome = error instanceof HandoverRefusedError
          ? `refused: ${error.message}`
          : String(error);
      },
    );
    await this.until(() => outcome !== undefined, 90_000);
    return outcome ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const candidate of this.all.slice()) await candidate.stop();
  }
}

for (const protocol of ["git", "rest"] as const) {
  const bounds = (rank: number) =>
    failoverBounds(DEFAULT_TIMINGS, REQUESTS[protocol], protocol === "rest", rank);

  for (let seed = 1; seed <= 5; seed++) {
    Deno.test(`by ${protocol}, candidates of 0.1 are replaced one by one, and one leads at a time (seed ${seed})`, async () => {
      await using world = new World(protocol, seed);
      for (const name of ["a", "b", "c"]) world.start(name, "old");
      await world.until(() => world.leader !== undefined, bounds(0).release);
      for (const [rank, name] of ["a", "b", "c"].entries()) {
        await world.advance(20_000);
        const [oldest] = world.all;
        await oldest?.stop();
        world.start(name, "new", { rank, failback: 60_000 });
        await world.until(() => world.leader !== undefined, bounds(2).release);
      }
      // The home region gets the lead back by itself, once all know how.
      await world.advance(180_000);
      assert.equal(world.record.holderIdentity, "a");
      assert.equal(world.record.rank, 0);
    });
  }

  Deno.test(`by ${protocol}, a leader of 0.1 is asked for nothing and goes on, whatever the new ones want`, async () => {
    await using world = new World(protocol, 7);
    const first = world.start("old", "old");
    await world.until(() => world.leader === first, bounds(0).release);
    const second = world.start("new", "new", { rank: 0, failback: 60_000 });
    await world.advance(150_000);
    const refusal = await world.request("new");
    assert.match(
      refusal,
      /^refused: .*"old", is of a version or kind that cannot be asked .*stop it/,
    );
    await world.advance(60_000);
    assert.deepEqual([first.ends, first.tokens.length, second.tokens], [[], 1, []]);
    assert.equal(world.record.preferredHolder, "");
  });

  Deno.test(`by ${protocol}, a leader of 0.1 that is cut off is followed by the new one, which hands over to it by name`, async () => {
    await using world = new World(protocol, 8);
    const first = world.start("old", "old");
    await world.until(() => world.leader === first, bounds(0).release);
    const second = world.start("new", "new", { rank: 1 });
    await world.advance(20_000);
    first.isCut = true;
    await world.until(() => second.elector.isLeader(), bounds(1).crash);
    assert.deepEqual(first.ends, ["expired"]);
    first.isCut = false;
    await world.advance(20_000);
    assert.equal(await world.request("old"), "requested");
    await world.until(() => first.elector.isLeader(), 60_000);
    assert.deepEqual(second.ends, ["handover"]);
    await world.advance(150_000);
    // Its record has no rank and no request, so that it cannot be asked.
    assert.deepEqual([world.record.rank, world.record.preferredHolder], [undefined, ""]);
    assert.deepEqual([first.tokens.length, first.ends.length], [2, 1]);
  });
}
