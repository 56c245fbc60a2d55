import assert from "node:assert/strict";
import { Observer } from "../../../cli/candidate/observer.ts";
import { renderPage } from "../../../cli/candidate/page/page.ts";
import { watchLock } from "../../../cli/output/watcher.ts";
import { LeaderElector, requestHandover } from "../../../elector/mod.ts";
import {
  type CallOptions,
  FakeClock,
  LockUnavailableError,
  type Observed,
} from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { untilAborted } from "../../elector/candidate.ts";

/** A lock that counts what is read, and that may be out of reach. */
class CountedLock extends MemoryLock {
  reads = 0;
  isDown = false;
  override get(options?: CallOptions): Promise<Observed | undefined> {
    this.reads++;
    if (this.isDown) return Promise.reject(new LockUnavailableError("the store is down"));
    return super.get(options);
  }
}

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const timings = { pollPeriod: 5_000, requestTimeout: 10_000 };
  const observer = new Observer({ clock, identity: "desk", ...timings });
  const lock = new CountedLock("desk", store);
  const stop = new AbortController();
  const changes: (string | null)[] = [];
  const watching = (async () => {
    const options = { clock, pollPeriod: 5_000, signal: stop.signal, onError: () => {} };
    for await (const { leader } of watchLock(observer.watching(lock), options)) {
      changes.push(leader);
    }
  })();
  const elector = new LeaderElector({ lock: new MemoryLock("eu-west-1", store), clock });
  const lead = () => {
    elector.lead(untilAborted, { signal: stop.signal }).catch(() => {});
  };
  const end = async () => {
    stop.abort();
    await clock.advance(60_000);
    await watching;
  };
  return { clock, store, observer, lock, changes, lead, [Symbol.asyncDispose]: end };
}

Deno.test("an observer shows the leader that the watch read, as one that never leads, without a read more", async () => {
  await using stage = setUp();
  const { clock, observer, lock, changes, lead } = stage;
  await clock.advance(1_000);
  assert.equal(observer.status().leader, null);
  lead();
  await clock.advance(29_000);
  assert.partialDeepStrictEqual(observer.status(), {
    leader: "eu-west-1",
    token: 1,
    role: "observer",
    isLeader: false,
    rank: null,
    ready: null,
    storeReachable: true,
  });
  assert.deepEqual(changes, [null, "eu-west-1"]);
  // One read each poll period: at 0, 5, … 30 s.
  assert.equal(lock.reads, 7);
  const { html } = renderPage(observer.page(), { isRefreshing: false });
  assert.match(html, /Observes/);
  assert.match(html, /eu-west-1/);
});

Deno.test("an observer counts a lease from the holder's write, not from a request on top of it", async () => {
  await using stage = setUp();
  const { clock, store, observer, lead } = stage;
  lead();
  await clock.advance(6_000);
  const before = observer.status().leaseAgeSeconds ?? NaN;
  const asked = requestHandover(new MemoryLock("desk", store), "us-east-1", { clock });
  await clock.advance(5_000);
  await asked;
  const { leaseAgeSeconds, preferredHolder } = observer.status();
  assert.equal(preferredHolder, "us-east-1");
  assert.equal(leaseAgeSeconds, before + 5);
});

Deno.test("an observer says when the store is out of reach, and for how long", async () => {
  await using stage = setUp();
  const { clock, observer, lock } = stage;
  await clock.advance(1_000);
  assert.equal(observer.page().fault, undefined);
  lock.isDown = true;
  await clock.advance(60_000);
  const { storeReachable, lastError } = observer.status();
  assert.equal(storeReachable, false);
  assert.match(lastError ?? "", /the store is down/);
  assert.match(observer.page().fault ?? "", /the store is down/);
  lock.isDown = false;
  await clock.advance(5_000);
  assert.equal(observer.page().fault, undefined);
  assert.equal(observer.page().failures.length > 0, true);
});
