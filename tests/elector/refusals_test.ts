import assert from "node:assert/strict";
import {
  LockAccessError,
  LockDeletedError,
  LockUnavailableError,
  type Observed,
  ProtocolMismatchError,
  RateLimitError,
} from "../../lock/mod.ts";
import { byBing, Candidate } from "./candidate.ts";
import { on } from "./probe_lock.ts";

function limited(retryAt: number): RateLimitError {
  return new RateLimitError("the store refuses requests for a while", retryAt);
}

Deno.test("a follower makes no call before RateLimitError.retryAt, and then resumes", async () => {
  await using baz = await new Candidate({
    stored: byBing(86_400),
    fate: ({ at }) => at === 5_000 ? { refuse: limited(65_432) } : undefined,
  }).run(65_431);
  assert.deepEqual(baz.calls, ["0 get", "5000 get"]);
  assert.deepEqual(baz.errors.map((error) => (error as Error).name), ["RateLimitError"]);
  await baz.clock.advance(5_001);
  assert.equal(baz.calls.length >= 3, true);
  const resumed = baz.lock.calls[2]?.at ?? 0;
  assert.ok(resumed >= 65_432 && resumed <= 65_432 + 5_000, String(resumed));
});

Deno.test("a follower whose lease lapses under a rate limit waits it out, looks, and only then writes", async () => {
  await using baz = await new Candidate({
    stored: byBing(10),
    fate: ({ at }) => at === 5_000 ? { refuse: limited(65_000) } : undefined,
  }).run(64_999);
  assert.deepEqual(baz.calls, ["0 get", "5000 get"]);
  await baz.clock.advance(5_000);
  const [, , look, write] = baz.lock.calls;
  assert.equal(look?.verb, "get");
  assert.ok(look && look.at >= 65_000);
  assert.equal(write?.verb, "update");
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a follower whose write is rate limited makes no call before retryAt", async () => {
  await using baz = await new Candidate({
    stored: {},
    fate: on("update", { refuse: limited(60_000) }, 1),
  }).run(59_999);
  assert.deepEqual(baz.calls, ["0 get", "0 update"]);
  await baz.clock.advance(5_001);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a leader whose deadline comes before retryAt ends its term at its deadline, without a call", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = ({ at }) => at === 15_000 ? { refuse: limited(75_000) } : undefined;

  await baz.clock.advance(39_999);
  assert.equal(baz.term.isValid(), true);
  await baz.clock.advance(1);
  assert.deepEqual(baz.events.slice(-2), ["40000 aborted 1", "40000 stopped 1 expired"]);
  await baz.clock.advance(34_999);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "15000 update"]);
  await baz.clock.advance(70_000);
  baz.shows({ terms: 2, token: 2 });
});

Deno.test("a leader whose deadline comes after retryAt renews then, and keeps its term", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = ({ at }) => at === 15_000 ? { refuse: limited(35_000) } : undefined;

  await baz.clock.advance(34_999);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "15000 update"]);
  await baz.clock.advance(4_000);
  assert.equal(baz.lock.calls[3]?.at, 35_000);
  baz.shows({ validUntil: 35_000 + 40_000, terms: 1 });
});

Deno.test("a stop under a rate limit makes no call before retryAt either", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = ({ at }) => at === 15_000 ? { refuse: limited(600_000) } : undefined;
  await baz.clock.advance(16_000);
  await baz.stop(60_000);
  baz.shows({ outcome: "ended", calls: ["0 get", "0 create", "15000 update"], isAborted: true });
});

const PERMANENT = [
  new LockAccessError("the token may not read this gist", 401),
  new ProtocolMismatchError("the record was written under protocol git"),
  new LockDeletedError("the file is gone"),
];

for (const error of PERMANENT) {
  Deno.test(`a ${error.name} on the very first look ends run()`, async () => {
    const baz = await new Candidate({ fate: () => ({ refuse: error }) }).run();
    assert.equal(baz.outcome, error);
    await baz.clock.advance(100_000);
    baz.shows({ calls: ["0 get"], role: "idle" });
  });

  Deno.test(`a ${error.name} on the very first look ends lead()`, async () => {
    const baz = await new Candidate({ fate: () => ({ refuse: error }) }).lead(() => "never");
    assert.equal(baz.outcome, error);
  });

  Deno.test(`a ${error.name} on a later look of a follower does not end run()`, async () => {
    await using baz = await new Candidate({ stored: byBing(10) }).run();
    baz.lock.fate = ({ at }) => at < 40_000 ? { refuse: error } : undefined;
    await baz.clock.advance(39_000);
    assert.equal(baz.outcome, "running");
    assert.deepEqual(baz.errors, [error]);
    assert.equal(baz.store.writes, 1);

    await baz.clock.advance(11_000);
    assert.equal(baz.elector.isLeader(), true);
  });

  Deno.test(`a ${error.name} under a leader does not end run(), but its term at the deadline`, async () => {
    const baz = await new Candidate().run();
    baz.lock.fate = () => ({ refuse: error });
    await baz.clock.advance(40_000);
    baz.shows({ outcome: "running", isValid: false, isAborted: true });
    await baz.end();
    assert.equal(baz.outcome, "ended");
  });
}

Deno.test("run() again after a first look that failed for good works", async () => {
  await using baz = await new Candidate({
    fate: ({ nth, verb }) =>
      verb === "get" && nth === 1 ? { refuse: new LockAccessError("wrong token", 401) } : undefined,
  }).run();
  assert.ok((baz.outcome as unknown) instanceof LockAccessError);
  await baz.run();
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a candidate whose writes are refused writes no more often than a follower looks", async () => {
  await using baz = await new Candidate({
    stored: {},
    fate: on("update", { refuse: new LockAccessError("the token may not write", 403) }),
  }).run(3_600_000);
  assert.ok(baz.updates.length <= 1 + 3_600_000 / 5_000, `${baz.updates.length} writes in an hour`);
});

for (const retryAt of [NaN, Infinity, -Infinity]) {
  Deno.test(`a RateLimitError that names ${retryAt} as its time holds up neither more nor less than another failure`, async () => {
    await using baz = new Candidate({ stored: byBing(86_400) });
    // A candidate that asks without a pause is left hanging, so that the test ends.
    baz.lock.fate = ({ at, nth }) =>
      nth > 100 ? { hang: "before" } : at < 10_000 ? { refuse: limited(retryAt) } : undefined;
    await baz.run(15_000);
    baz.shows({ calls: ["0 get", "5000 get", "10000 get", "15000 get"], leader: "bing" });
  });
}

Deno.test("a lock that rejects with something else than an error is reported once, and asked again", async () => {
  const told: unknown[] = [];
  await using baz = new Candidate({ onError: (error) => void told.push(error) });
  const odd = Object.create(null);
  baz.lock.fate = ({ at }) => at < 10_000 ? { refuse: odd } : undefined;
  await baz.run(10_000);
  assert.equal(told.length, 1);
  assert.equal(told[0], odd);
  assert.deepEqual(baz.calls, ["0 get", "5000 get", "10000 get", "10000 create"]);
});

const NONSENSE = { answer: { is: {} as Observed } };

Deno.test("a lock whose get() resolves to nonsense rejects run()", async () => {
  const baz = await new Candidate({ fate: () => NONSENSE }).run();
  assert.ok(baz.outcome instanceof TypeError, String(baz.outcome));
  await baz.clock.advance(100_000);
  baz.shows({ calls: ["0 get"], role: "idle" });
});

Deno.test("a lock whose update() resolves to nonsense ends the term at once and rejects run()", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = () => NONSENSE;
  await baz.clock.advance(15_000);
  assert.ok(baz.outcome instanceof TypeError, String(baz.outcome));
  assert.equal(baz.term.isValid(), false);
  assert.deepEqual(baz.events.slice(-2), ["15000 aborted 1", "15000 stopped 1 failed"]);
  await baz.clock.advance(100_000);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "15000 update"]);
});

Deno.test("a lock whose describe() throws when a call is given up ends the term and rejects run()", async () => {
  const baz = await new Candidate().run();
  const broken = new LockUnavailableError("no name");
  baz.lock.describe = () => assert.fail(broken);
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(25_000);
  assert.equal(baz.outcome, broken);
  baz.shows({ isValid: false, isAborted: true });
  await baz.clock.advance(200_000);
  const stopped = baz.events.filter((event) => event.includes("stopped"));
  assert.deepEqual(stopped, ["25000 stopped 1 failed"]);
});

Deno.test("run() again after a lock's nonsense works, once the work has settled", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => NONSENSE;
  await baz.clock.advance(15_000);
  baz.lock.fate = () => undefined;
  await baz.run(60_000);
  assert.equal(baz.elector.isLeader(), true);
  assert.deepEqual(baz.terms.map(({ token }) => token), [1, 2]);
});
