import assert from "node:assert/strict";
import { LeaderElector } from "../../elector/mod.ts";
import { GistLock, type Protocol } from "../../gist/mod.ts";
import { GistServer, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** By the protocol: what ten minutes of three candidates with the default timings cost. */
const NONE = {
  reads: 0,
  notModified: 0,
  writes: 0,
  gitPolls: 0,
  gitFetches: 0,
  gitPushes: 0,
  refused: 0,
};
const COUNTS: Readonly<Record<Protocol, object>> = {
  git: { ...NONE, gitPolls: 273, gitFetches: 83, gitPushes: 42 },
  rest: { ...NONE, reads: 133, notModified: 190, writes: 40 },
};

for (const protocol of ["git", "rest"] as const) {
  Deno.test(`an election by ${protocol} costs not a request more or less than it used to`, async () => {
    const clock = new FakeClock();
    const server = new GistServer({ clock });
    const id = server.createGist({ "leader-election.json": "{}" });
    const fetch = async (request: Request) => {
      await clock.sleep(30);
      return await server.fetch(request);
    };
    const stop = new AbortController();
    const running = ["a", "b", "c"].map((identity, place) => {
      const random = seededRandom(place + 1);
      const site = { id, token: LOCAL_TOKEN, clock, fetch, random };
      const lock = new GistLock({ ...site, identity, protocol });
      const elector = new LeaderElector({ lock, clock, random, onStartedLeading: () => {} });
      return elector.run({ signal: stop.signal });
    });
    await clock.advance(600_000);
    const { bytesReceived: _, bytesSent: __, ...counts } = server.counts;
    assert.deepEqual(counts, COUNTS[protocol]);
    stop.abort();
    await clock.advance(60_000);
    await Promise.all(running);
  });
}
