import assert from "node:assert/strict";
import { LockAccessError, LockConflictError } from "../../../lock/mod.ts";
import type { Candidate } from "../candidate.ts";
import { Crowd, held } from "./crowd.ts";

const FAILBACK = 120_000;

/** A record of rank 2 that nobody need renew. */
const lasting: typeof held = (keys) => held({ rank: 2, leaseDurationSeconds: 86_400, ...keys });

/** When a candidate put a request for itself on another's record. */
function requests({ lock }: Candidate): number[] {
  return lock.calls.filter(({ record }) => record?.preferredHolder === lock.identity)
    .map(({ at }) => at);
}

Deno.test("leadership comes home after the period, once, and stays there", async () => {
  await using crowd = new Crowd();
  const away = await crowd.run("away", { rank: 1 });
  await crowd.advance(100_000);
  const home = await crowd.run("home", { rank: 0, failback: FAILBACK });
  await crowd.advance(FAILBACK - 1);
  assert.deepEqual(requests(home), []);
  await crowd.advance(5_001);
  assert.equal(requests(home).length, 1);
  assert.ok((requests(home)[0] ?? 0) >= 100_000 + FAILBACK);
  await crowd.advance(25_000);
  assert.equal(home.elector.isLeader(), true);
  assert.ok(away.events.some((event) => event.endsWith("handover")));
  await crowd.advance(1_000_000);
  assert.equal(home.terms.length, 1);
  assert.equal(away.terms.length, 1);
});

Deno.test("the request is the holder's own write, signed by who asks", async () => {
  await using crowd = new Crowd();
  await crowd.write(lasting({ strategy: "theirs", renewTime: 5_000 }));
  const home = await crowd.run("home", { rank: 1, failback: FAILBACK });
  await crowd.advance(FAILBACK + 6_000);
  const { requestedBy, ...rest } = crowd.record ?? {};
  const before = lasting({ acquireTime: null, strategy: "theirs", renewTime: 5_000 });
  const on = { requestedOn: "1", base: "1", protocol: "memory" };
  assert.deepEqual(rest, { ...before, preferredHolder: "home", ...on });
  assert.match(requestedBy ?? "", /^[0-9a-f]{32}$/);
  assert.equal(requests(home).length, 1);
});

Deno.test("no request goes to a holder of the same or a better rank, of an older version, or without a session", async () => {
  const holders = [
    held({ rank: 1 }),
    held({ rank: 0 }),
    { ...held(), rank: undefined },
    { ...held({ rank: 3 }), session: undefined },
    { ...held({ rank: 3 }), sequence: undefined },
    held({ rank: 3, preferredHolder: "third", requestedBy: "x" }),
    held({ rank: 3, holderIdentity: "home" }),
    held({ rank: 3, holderIdentity: "" }),
  ];
  for (const holder of holders) {
    await using crowd = new Crowd();
    await crowd.write({ ...holder, leaseDurationSeconds: 86_400 } as ReturnType<typeof held>);
    const home = await crowd.run("home", { rank: 1, failback: FAILBACK });
    await crowd.advance(FAILBACK * 3);
    assert.deepEqual(requests(home), [], JSON.stringify(holder));
  }
});

Deno.test("the period begins again at each change of leader", async () => {
  await using crowd = new Crowd();
  await crowd.write(lasting());
  const home = await crowd.run("home", { rank: 1, failback: FAILBACK });
  await crowd.advance(100_000);
  await crowd.write(lasting({ leaderTransitions: 5, session: "another's" }));
  await crowd.advance(FAILBACK - 6_000);
  assert.deepEqual(requests(home), []);
  await crowd.advance(20_000);
  assert.equal(requests(home).length, 1);
});

Deno.test("renewals do not begin the period again", async () => {
  await using crowd = new Crowd();
  const home = crowd.make("home", { rank: 1, failback: FAILBACK });
  for (let sequence = 1; sequence <= 9; sequence++) {
    await crowd.write(held({ rank: 2, sequence }));
    if (sequence === 1) await home.run();
    await crowd.advance(15_000);
  }
  assert.ok(requests(home).length > 0);
});

Deno.test("the period begins again after each moment of not being ready", async () => {
  await using crowd = new Crowd();
  let ready = true;
  await crowd.write(lasting());
  const home = await crowd.run("home", { failback: FAILBACK, isReady: () => ready });
  await crowd.advance(100_000);
  ready = false;
  await crowd.advance(6_000);
  ready = true;
  await crowd.advance(FAILBACK - 6_000);
  assert.deepEqual(requests(home), []);
  await crowd.advance(12_000);
  assert.equal(requests(home).length, 1);
});

Deno.test("a conflict is retried at the next look, and none is asked for a lease that has expired", async () => {
  await using crowd = new Crowd();
  await crowd.write(held({ rank: 2, leaseDurationSeconds: 130 }));
  const home = crowd.make("home", { rank: 1, failback: FAILBACK });
  home.lock.fate = ({ record }) =>
    record?.requestedBy === undefined ? undefined : { refuse: new LockConflictError("lost") };
  await home.run();
  await crowd.advance(130_000 + 7_400);
  const at = requests(home);
  assert.ok(at.length >= 2, String(at));
  assert.ok(at.every((each, index) => each < 130_000 && each - (at[index - 1] ?? 0) >= 4_000));
  assert.equal((await crowd.next(10_000))?.who, "home");
});

Deno.test("a request that the store refuses is made again later each time, though the holder renews", async () => {
  await using crowd = new Crowd();
  const home = crowd.make("home", { rank: 1, failback: 60_000 });
  home.lock.fate = ({ record }) =>
    record ? { refuse: new LockAccessError("read only") } : undefined;
  for (let sequence = 1; sequence <= 60; sequence++) {
    await crowd.write(held({ rank: 2, sequence }));
    if (sequence === 1) await home.run();
    await crowd.advance(10_000);
  }
  const at = requests(home);
  const pauses = at.slice(1).map((each, index) => each - (at[index] ?? 0));
  assert.ok(pauses.length >= 6, String(at));
  // P, and twice as long each time, up to L; each found by the poll that comes next.
  [5_000, 10_000, 20_000, 40_000, 60_000, 60_000].forEach((least, index) => {
    const pause = pauses[index] ?? 0;
    assert.ok(pause >= least && pause <= least + 5_000, `${index}: ${pause}`);
  });
  assert.equal(home.errors.length, 1);
  assert.ok(home.elector.status().refusedFor);
});

Deno.test("two candidates that ask in turn do not swap the lead: the better ranks last", async () => {
  await using crowd = new Crowd();
  await crowd.run("worst", { rank: 2 });
  await crowd.advance(20_000);
  const better = await crowd.run("better", { rank: 1, failback: FAILBACK });
  await crowd.advance(10_000);
  const best = await crowd.run("best", { rank: 0, failback: FAILBACK });
  await crowd.advance(2_000_000);
  best.shows({ isLeader: true, terms: 1 });
  assert.ok(better.terms.length <= 1);
});

Deno.test("failback is off unless it is chosen", async () => {
  await using crowd = new Crowd();
  await crowd.write(lasting());
  const home = await crowd.run("home");
  await crowd.advance(10_000_000);
  assert.deepEqual(requests(home), []);
});
