import assert from "node:assert/strict";
import { DrainTimeoutError, TermEndedError } from "../../elector/mod.ts";
import { LockUnavailableError, RateLimitError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, untilAborted, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

// What an elector knows outlives its campaigns; what it holds does not. Nothing happens outside of a campaign.

/** A candidate whose first campaign has ended with work that goes on until `settle` is called. */
async function undrained() {
  const work = Promise.withResolvers<void>();
  const baz = await new Candidate({ work: () => work.promise }).run();
  await baz.stop(30_000);
  assert.ok(baz.outcome instanceof DrainTimeoutError, String(baz.outcome));
  return { baz, settle: work.resolve };
}

for (
  const [when, settlesFirst] of [["after", false], ["long before", true]] as const
) {
  Deno.test(`a campaign that was never run does not lead, though old work settles ${when} it`, async () => {
    const { baz, settle } = await undrained();
    if (settlesFirst) {
      settle();
      await baz.clock.advance(200_000);
    }
    const calls = baz.calls.length;
    await baz.elector.run({ signal: AbortSignal.abort() });
    settle();
    await baz.clock.advance(200_000);
    assert.deepEqual(baz.calls.slice(calls), []);
    baz.shows({ terms: 1, isLeader: false, role: "idle" });
  });
}

Deno.test("a campaign that has ended does nothing any more, though its work settles later", async () => {
  const { baz, settle } = await undrained();
  const { length } = baz.timeline;
  settle();
  await baz.clock.advance(200_000);
  assert.deepEqual(baz.timeline.slice(length), []);
});

Deno.test("an answer that comes after its campaign has ended reaches neither it nor the next one", async () => {
  await using baz = await new Candidate({
    stored: byBing(60),
    fate: on("get", { after: 7_000 }, 1),
  }).run();
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  baz.lock.fate = ({ nth }) => nth === 2 ? { hang: "before" } : undefined;
  await baz.run(7_000);
  assert.equal(baz.elector.leader(), undefined);
  assert.equal(baz.elector.status().lastContact, undefined);
});

Deno.test("campaigns that are shorter than the lease still take over from a dead leader", async () => {
  await using baz = new Candidate({ stored: byBing(60) });
  for (let start = 0; start < 60_000; start += 20_000) {
    await baz.run(19_000);
    assert.equal(baz.elector.isLeader(), false);
    await baz.stop(1_000);
  }
  await baz.run();
  assert.equal(baz.elector.isLeader(), true);
  assert.equal(baz.clock.monotonic(), 60_000);
});

Deno.test("a lease that was seen to be renewed in another campaign is waited for from then", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  const held = byBing(60);
  await writeAs(baz.store, held, bing);
  await baz.run();
  await baz.stop(50_000);
  await writeAs(baz.store, held, bing);
  await baz.run(59_999);
  assert.equal(baz.elector.isLeader(), false);
  await baz.clock.advance(1);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a record that a campaign of one's own left behind is another holder's to the next one", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = on("update", { hang: "before" });
  await baz.stop(40_000);
  baz.lock.fate = () => undefined;
  await baz.run(19_999);
  assert.equal(baz.elector.isLeader(), false);
  await baz.clock.advance(1);
  baz.shows({ isLeader: true, token: 2 });
});

Deno.test("tokens rise between two lead() calls, though the file was reset meanwhile", async () => {
  const baz = await new Candidate({ stored: { leaderTransitions: 41 } }).lead((term) => term.token);
  await baz.clock.advance(5_000);
  assert.equal(baz.outcome, 42);
  await writeAs(baz.store, { leaderTransitions: 0 });
  await baz.lead((term) => term.token);
  await baz.clock.advance(5_000);
  assert.equal(baz.outcome, 43);
});

Deno.test("a rate limit outlives the campaign that met it", async () => {
  await using baz = await new Candidate({
    fate: ({ nth }) => nth === 1 ? { refuse: new RateLimitError("wait", 90_000) } : undefined,
  }).run();
  await baz.stop();
  await baz.run(89_999);
  assert.deepEqual(baz.calls, ["0 get"]);
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(1, 2), ["90000 get"]);
});

Deno.test("a stale read is stale to the next campaign, too", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  await writeAs(baz.store, { leaderTransitions: 4 }, bing);
  const old = await bing.get();
  const held = byBing(60, 5);
  baz.lock.fate = () => ({ refuse: new LockUnavailableError("away") });
  await baz.run();
  baz.lock.fate = ({ verb }) => verb === "update" ? { refuse: new LockUnavailableError("no") } : {};
  await baz.clock.advance(5_000);
  await writeAs(baz.store, held, bing);
  await baz.clock.advance(10_000);
  assert.equal(baz.elector.leader(), "bing");
  await baz.stop();
  baz.lock.fate = () => ({ answer: { is: old } });
  const { writes } = baz.store;
  await baz.run(40_000);
  assert.equal(baz.elector.leader(), "bing");
  assert.deepEqual(baz.updates.slice(1), []);
  assert.equal(baz.store.writes, writes);
});

Deno.test("whether reads are stale for a whole lease is counted from the campaign's first read", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  const held = byBing(60);
  await writeAs(baz.store, held, bing);
  const old = await bing.get();
  await baz.run();
  await writeAs(baz.store, held, bing);
  await baz.clock.advance(5_000);
  await baz.stop(1_000_000);
  baz.lock.fate = on("get", { answer: { is: old } });
  await baz.run(150_000);
  // The older version is believed a lease after the first read at 1005 s, and then has a whole lease itself.
  assert.equal(baz.updates[0], 1_125_000);
});

Deno.test("a candidate that stepped down claims again once another has led and released, seen or not", async () => {
  // Between two looks of this candidate another one leads and releases; or it is seen to lead.
  for (const seenFor of [0, 6_000]) {
    await using baz = await new Candidate().run();
    const bing = new MemoryLock("bing", baz.store);
    baz.elector.stepDown();
    await baz.clock.advance(0);
    const held = byBing(60, 2);
    await writeAs(baz.store, held, bing);
    await baz.clock.advance(seenFor);
    await writeAs(baz.store, { ...held, holderIdentity: "", leaseDurationSeconds: 1 }, bing);
    await baz.clock.advance(5_000);
    baz.shows({ isLeader: true, token: 3 });
  }
});

Deno.test("what a candidate holds back for outlives the campaign", async () => {
  await using baz = new Candidate({ work: untilAborted });
  const first = assert.rejects(baz.elector.lead(untilAborted), TermEndedError);
  await baz.clock.advance(0);
  assert.equal(baz.elector.stepDown(), true);
  await baz.clock.advance(1_000);
  await first;
  await baz.run(58_999);
  assert.equal(baz.elector.isLeader(), false);
  await baz.clock.advance(2_000);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("no campaign begins while another one does", async () => {
  let second: Promise<unknown> | undefined;
  await using baz: Candidate = new Candidate({
    isReady: () => Boolean(second ??= assert.rejects(baz.elector.run(), /already running/)),
  });
  await baz.run();
  await second;
  assert.equal(baz.terms.length, 1);
});
