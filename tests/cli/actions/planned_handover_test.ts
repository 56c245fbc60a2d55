import assert from "node:assert/strict";
import {
  handOver,
  type HandoverEnd,
  longestHandover,
  type PlannedHandover,
} from "../../../cli/actions/planned_handover.ts";
import { describeHandover } from "../../../cli/commands/handover.ts";
import { DEFAULT_TIMINGS, HandoverRefusedError, LeaderElector } from "../../../elector/mod.ts";
import { EMPTY_RECORD, FakeClock, LockUnavailableError } from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";

/** Candidates in one lock, the first of which leads, and an operator. */
async function world(ranks: Readonly<Record<string, number>>) {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const electors: LeaderElector[] = [];
  for (const [identity, rank] of Object.entries(ranks)) {
    const lock = new MemoryLock(identity, store);
    const elector = new LeaderElector({ lock, clock, rank, onStartedLeading: () => {} });
    elector.run();
    electors.push(elector);
    await clock.advance(20_000);
  }
  const lock = new MemoryLock("operator", store);
  const requested: string[] = [];
  const hand = async (to: string, options: Partial<PlannedHandover> = {}, ms = 300_000) => {
    let end: HandoverEnd | undefined;
    let thrown: unknown;
    handOver({
      lock,
      to,
      timings: DEFAULT_TIMINGS,
      wait: undefined,
      clock,
      onRequested: ({ outcome, leader }) => requested.push(`${outcome} ${leader}`),
      ...options,
    }).then((ended) => end = ended, (error) => thrown = error);
    await clock.advance(ms);
    if (thrown) throw thrown;
    assert.ok(end, "it still waits");
    return end;
  };
  const dispose = async () => {
    const all = electors.map((elector) => elector[Symbol.asyncDispose]());
    await clock.advance(60_000);
    await Promise.all(all);
  };
  return { clock, store, lock, electors, hand, requested, [Symbol.asyncDispose]: dispose };
}

Deno.test("handOver() waits until the candidate leads, and measures how long there was no leader", async () => {
  await using stage = await world({ eu: 0, us: 1, ap: 0 });
  const end = await stage.hand("us");
  assert.equal(end.outcome, "handed over");
  assert.deepEqual(stage.requested, ["requested eu"]);
  assert.deepEqual([end.record?.holderIdentity, end.record?.leaderTransitions], ["us", 2]);
  assert.ok(end.vacant !== undefined && end.vacant <= DEFAULT_TIMINGS.pollPeriod + 1_000);
  const { lines, failure } = describeHandover(end, "us");
  assert.equal(failure, undefined);
  assert.match(
    lines[0] ?? "",
    /^us leads now, with fencing token 2; there was no leader for about \d/,
  );
  assert.match(lines[1] ?? "", /^eu has the better rank \(0 before 1\): .*--no-failback$/);
});

Deno.test("handOver() home says nothing of failback", async () => {
  await using stage = await world({ us: 1, eu: 0 });
  assert.equal(describeHandover(await stage.hand("eu"), "eu").lines.length, 1);
});

Deno.test("handOver() asks nothing of a candidate that leads already", async () => {
  await using stage = await world({ eu: 0 });
  const end = await stage.hand("eu");
  assert.equal(end.outcome, "leads already");
  assert.deepEqual(stage.requested, []);
  assert.deepEqual(describeHandover(end, "eu"), { lines: ["eu leads already"] });
});

Deno.test("handOver() ends as soon as another candidate leads", async () => {
  await using stage = await world({ eu: 0, ap: 0 });
  const end = await stage.hand("gone");
  assert.equal(end.outcome, "other leads");
  assert.equal(describeHandover(end, "gone").failure, "ap leads now, not gone");
  assert.ok(end.waited < 60_000, `${end.waited}`);
});

Deno.test("handOver() gives up after its time, and says who holds the lock", async () => {
  await using stage = await world({ eu: 0 });
  const end = await stage.hand("gone", { wait: 3_000 }, 3_000);
  assert.deepEqual([end.outcome, end.waited], ["late", 3_000]);
  const { failure } = describeHandover(end, "gone");
  assert.equal(failure, "gone has not taken over within 3 s, and eu still holds the lock");
  const empty = { ...EMPTY_RECORD, preferredHolder: "gone", leaderTransitions: 3 };
  assert.match(
    describeHandover({ ...end, record: empty }, "gone").failure ?? "",
    /, and there is no leader$/,
  );
});

Deno.test("handOver() goes on though reads fail for a time, and says what failed at the end", async () => {
  await using stage = await world({ eu: 0, us: 0 });
  const { lock, clock } = stage;
  const read = lock.get.bind(lock);
  const broken = new LockUnavailableError("broken");
  let isBroken = false;
  lock.get = (options) => isBroken ? Promise.reject(broken) : read(options);
  const onRequested = () => {
    isBroken = true;
    clock.sleep(10_000).then(() => isBroken = false);
  };
  assert.equal((await stage.hand("us", { onRequested })).outcome, "handed over");
  const end = await stage.hand("eu", { onRequested: () => isBroken = true, wait: 5_000 });
  assert.match(describeHandover(end, "eu").failure ?? "", /; the last failure: broken$/);
  isBroken = false;
});

Deno.test("handOver() refuses if there is no leader, or one that cannot be asked", async () => {
  await using stage = await world({});
  const { lock } = stage;
  const refusal = async () => {
    try {
      return await stage.hand("us"), "none";
    } catch (error) {
      return error instanceof HandoverRefusedError ? error.reason : String(error);
    }
  };
  assert.equal(await refusal(), "no leader");
  await lock.create({ ...EMPTY_RECORD, holderIdentity: "old", leaseDurationSeconds: 60 });
  assert.equal(await refusal(), "unsupported");
});

Deno.test("longestHandover() is R + drain + 2 P + 6 τ, and longer for a longer lease than its own", () => {
  const record = { ...EMPTY_RECORD, leaseDurationSeconds: 60 };
  assert.equal(longestHandover(DEFAULT_TIMINGS, record), 15_000 + 30_000 + 10_000 + 60_000);
  const long = { ...record, leaseDurationSeconds: 120 };
  assert.equal(longestHandover(DEFAULT_TIMINGS, long), 2 * 25_000 + 90_000);
  const short = { ...record, leaseDurationSeconds: 5 };
  assert.equal(longestHandover(DEFAULT_TIMINGS, short), 115_000);
});
