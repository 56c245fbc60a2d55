import assert from "node:assert/strict";
import { type EndReason, LeaderElector } from "../../elector/mod.ts";
import { GistLock } from "../../gist/mod.ts";
import { GistServer, type GistServerOptions, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { FakeClock, type Fetch } from "../../lock/mod.ts";
import { NO_LIMITS } from "../support/local_stores.ts";
import { seededRandom } from "../support/seeded_random.ts";

// Many candidates of one lock by `rest`, where each lost claim stays in the history and each request is charged.

/** A holder that is gone. */
const DEAD = JSON.stringify({
  holderIdentity: "dead",
  leaseDurationSeconds: 60,
  acquireTime: "2026-01-02T03:04:05Z",
  renewTime: "2026-01-02T03:04:05Z",
  leaderTransitions: 3,
});

interface CrowdOptions extends Pick<GistServerOptions, "limits"> {
  readonly candidates: number;
  readonly seed: number;
  /** How long a request takes, in milliseconds. */
  readonly roundTrip: number;
  readonly content?: string;
}

/** Candidates that start at one instant, in virtual time. */
class Crowd {
  readonly clock = new FakeClock();
  readonly ends: EndReason[] = [];
  readonly starts: number[] = [];
  readonly #server: GistServer;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #campaigns: Promise<void>[];

  constructor({ candidates, seed, roundTrip, content = "{}", limits }: CrowdOptions) {
    const { clock } = this;
    const random = seededRandom(seed);
    this.#server = new GistServer({ clock, random, limits: { ...NO_LIMITS, ...limits } });
    this.#id = this.#server.createGist({ "leader-election.json": content });
    const fetch: Fetch = async (request) => {
      await clock.sleep(roundTrip / 2);
      const response = await this.#server.fetch(request);
      await clock.sleep(roundTrip / 2);
      return response;
    };
    this.#campaigns = Array.from({ length: candidates }, (_, index) => {
      const lock = new GistLock({
        id: this.#id,
        token: LOCAL_TOKEN,
        identity: `candidate ${index}`,
        protocol: "rest",
        fetch,
        clock,
      });
      const elector = new LeaderElector({
        lock,
        clock,
        random,
        onStartedLeading: () => void this.starts.push(clock.monotonic()),
        onStoppedLeading: (_, reason) => void this.ends.push(reason),
      });
      return elector.run({ signal: this.#stop.signal });
    });
  }

  get revisions(): number {
    return this.#server.revisions(this.#id).length;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(120_000);
    await Promise.all(this.#campaigns);
  }
}

for (const [scene, content, until] of [["start", "{}", 14_000], ["crash", DEAD, 74_000]] as const) {
  Deno.test(`150 candidates at 300 ms a request leave few void revisions after a ${scene}`, async () => {
    const voids: number[] = [];
    for (let seed = 1; seed <= 6; seed++) {
      const crowd = new Crowd({ candidates: 150, seed, roundTrip: 300, content });
      await crowd.clock.advance(until);
      assert.equal(crowd.starts.length, 1);
      // The first revision and the winner's are in effect.
      voids.push(crowd.revisions - 2);
      await crowd.clock.advance(31_000);
      assert.deepEqual(crowd.ends, []);
      await crowd.end();
    }
    const mean = voids.reduce((sum, count) => sum + count) / voids.length;
    assert.ok(mean <= 5, `void revisions: ${voids}`);
    assert.ok(Math.max(...voids) <= 20, `void revisions: ${voids}`);
  });
}

Deno.test("40 candidates that start at once within GitHub's limits have a leader soon, which keeps its term", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    const limits = { pointsPerMinute: 900, creationsPerMinute: 80, creationsPerHour: 500 };
    const crowd = new Crowd({ candidates: 40, seed, roundTrip: 300, limits });
    await crowd.clock.advance(5_000);
    assert.equal(crowd.starts.length, 1, `seed ${seed}`);
    await crowd.clock.advance(295_000);
    assert.deepEqual(crowd.ends, [], `seed ${seed}`);
    await crowd.end();
  }
});

Deno.test("six candidates with 1.2 times the requests that a leader needs lose no term for it in two hours", async () => {
  for (const [seed, roundTrip] of [[1, 70], [6, 220], [11, 370]] as const) {
    const limits = { requestsPerHour: 576 };
    const crowd = new Crowd({ candidates: 6, seed, roundTrip, limits });
    await crowd.clock.advance(2 * 3_600_000);
    assert.deepEqual(crowd.ends, [], `seed ${seed}`);
    assert.equal(crowd.starts.length, 1, `seed ${seed}`);
    await crowd.end();
  }
});
