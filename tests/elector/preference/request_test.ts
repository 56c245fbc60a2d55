import assert from "node:assert/strict";
import { HandoverRefusedError, requestHandover } from "../../../elector/mod.ts";
import {
  FakeClock,
  LockAccessError,
  LockConflictError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { record, recordIn, writeAs } from "../candidate.ts";
import { type Call, type Fate, on, ProbeLock } from "../probe_lock.ts";
import { Crowd, held } from "./crowd.ts";

/** An operator's lock on a record that is held. */
async function operator(keys = held(), fate?: (call: Call) => Fate | undefined) {
  const clock = new FakeClock();
  const store = new MemoryStore();
  if (keys.holderIdentity !== undefined) await writeAs(store, keys);
  const lock = new ProbeLock(new MemoryLock("operator", store), clock);
  if (fate) lock.fate = fate;
  const ask = async (identity: string) => {
    const asked = requestHandover(lock, identity, { clock, requestedBy: "the operator" });
    const result = asked.then((value) => ({ value }), (error) => ({ error }));
    await clock.advance(200_000);
    return await result as { value?: Awaited<typeof asked>; error?: Error };
  };
  const replace = (keys: ReturnType<typeof held>) => writeAs(store, keys);
  return { clock, store, lock, ask, replace };
}

function assertRefused({ error }: { error?: Error }, reason: string, message: RegExp): void {
  assert.ok(error instanceof HandoverRefusedError);
  assert.equal(error.reason, reason);
  assert.match(error.message, message);
}

Deno.test("requestHandover() is one read and one compare-and-swap of the holder's own record", async () => {
  const { ask, store, lock } = await operator(held({ strategy: "theirs", acquireTime: 5_000 }));
  const { value } = await ask("baz");
  assert.equal(value?.outcome, "requested");
  assert.equal(value.leader, "bing");
  assert.equal(value.token, 4);
  assert.deepEqual(lock.calls.map(({ verb, proof }) => `${verb} ${proof}`), [
    "get true",
    "update false",
  ]);
  const expected = held({ strategy: "theirs", acquireTime: 5_000, preferredHolder: "baz" });
  assert.deepEqual(
    recordIn(store),
    record({
      ...expected,
      requestedBy: "the operator",
      requestedOn: "1",
      base: "1",
      protocol: "memory",
    }),
  );
});

Deno.test("requestHandover() writes nothing where the name leads already, or was asked for already", async () => {
  for (
    const [keys, outcome] of [
      [held({ holderIdentity: "baz" }), "leads already"],
      [held({ preferredHolder: "baz" }), "requested before"],
      [held({ preferredHolder: "baz", holderIdentity: "" }), "requested before"],
    ] as const
  ) {
    const { ask, store } = await operator(keys);
    assert.equal((await ask("baz")).value?.outcome, outcome);
    assert.equal(store.writes, 1);
  }
});

Deno.test("requestHandover() replaces another name", async () => {
  const { ask, store } = await operator(held({ preferredHolder: "bong", requestedBy: "x" }));
  assert.equal((await ask("baz")).value?.outcome, "requested");
  assert.equal(recordIn(store)?.preferredHolder, "baz");
});

for (
  const [name, keys, reason, message] of [
    ["nothing is stored", {}, "no leader", /^No leader of .*: wait until a candidate leads/],
    ["the lock is released", held({ holderIdentity: "" }), "no leader", /^No leader of /],
    ["the holder writes no rank", { ...held(), rank: undefined }, "unsupported", /stop it instead/],
    ["the holder is a Go candidate", { holderIdentity: "go", rank: 0 }, "unsupported", /"go"/],
  ] as const
) {
  Deno.test(`requestHandover() refuses where ${name}, and writes nothing`, async () => {
    const { ask, store } = await operator(keys as ReturnType<typeof held>);
    const writes = store.writes;
    assertRefused(await ask("baz"), reason, message);
    assert.equal(store.writes, writes);
  });
}

Deno.test("requestHandover() refuses what is not an identity before it sends anything", async () => {
  const { lock, clock } = await operator();
  for (const identity of ["", "x".repeat(129), "a\nb"]) {
    await assert.rejects(requestHandover(lock, identity, { clock }), RangeError);
  }
  assert.deepEqual(lock.calls, []);
});

Deno.test("requestHandover() asks again where a renewal came first", async () => {
  const { ask, store, lock, replace } = await operator();
  lock.onCall = ({ verb, nth }) => {
    if (verb === "update" && nth === 1) replace(held({ sequence: 8 }));
  };
  const { value } = await ask("baz");
  assert.equal(value?.outcome, "requested");
  assert.equal(recordIn(store)?.sequence, 8);
  assert.equal(recordIn(store)?.preferredHolder, "baz");
});

Deno.test("requestHandover() has succeeded where its own write is in effect, whatever the answer", async () => {
  for (const lose of [new UnknownOutcomeError("lost"), new LockConflictError("sent twice")]) {
    const { ask, store } = await operator(held(), on("update", { lose }));
    assert.equal((await ask("baz")).value?.outcome, "requested");
    assert.equal(store.writes, 2);
  }
});

Deno.test("requestHandover() has not succeeded where another's request is in effect, whatever the answer", async () => {
  const clock = new FakeClock();
  const store = new MemoryStore();
  await new MemoryLock("bing", store).create(record(held()));
  const lock = new MemoryLock("operator", store);
  const update = lock.update.bind(lock);
  // Another's request comes first, and the store takes it for this one, as it is on the same write.
  lock.update = (mine, seen) => {
    lock.update = update;
    return update({ ...mine, preferredHolder: "bong", requestedBy: "another" }, seen);
  };
  const asked = requestHandover(lock, "baz", { clock, requestedBy: "the operator" });
  await clock.advance(5_000);
  assert.equal((await asked).outcome, "requested");
  assert.equal(recordIn(store)?.preferredHolder, "baz");
});

Deno.test("requestHandover() has succeeded where the name leads by the time that it reads again", async () => {
  const { ask, lock, replace } = await operator();
  lock.onCall = ({ verb }) => {
    if (verb === "update") {
      replace(held({ holderIdentity: "baz", leaderTransitions: 5, session: "baz's" }));
    }
  };
  assert.equal((await ask("baz")).value?.outcome, "requested");
});

Deno.test("requestHandover() does not ask a leader that took over meanwhile", async () => {
  const { ask, lock, store, replace } = await operator();
  lock.onCall = ({ verb, nth }) => {
    if (verb === "update" && nth === 1) {
      replace(held({ holderIdentity: "bong\u001b", leaderTransitions: 5, session: "bong's" }));
    }
  };
  assertRefused(await ask("baz"), "leader changed", /changed from "bing" to "bong\\/);
  assert.equal(recordIn(store)?.preferredHolder, "");
});

Deno.test("requestHandover() sends nothing before the time that the store named", async () => {
  const lose = new UnknownOutcomeError("busy", { retryAt: 30_000 });
  const { ask, clock, lock } = await operator(held(), on("update", { refuse: lose }, 1));
  await clock.advance(8_000);
  assert.equal((await ask("baz")).value?.outcome, "requested");
  assert.deepEqual(lock.calls.map(({ at }) => at), [8_000, 8_000, 30_000, 30_000]);
});

Deno.test("requestHandover() refuses a leader that cannot be asked without watching it first", async () => {
  const { rank: _, ...old } = held({ renewTime: 0 });
  const { ask, lock } = await operator(old);
  assertRefused(await ask("baz"), "unsupported", /stop it instead/);
  assert.equal(lock.calls.length, 1);
});

for (
  const [what, refuse, writes] of [
    ["gives up after a few attempts, with the last error", new LockConflictError("lost"), 5],
    ["rejects with any other failure at once", new LockAccessError("read only"), 1],
  ] as const
) {
  Deno.test(`requestHandover() ${what}`, async () => {
    const { ask, lock } = await operator(held(), on("update", { refuse }));
    assert.equal((await ask("baz")).error, refuse);
    assert.equal(lock.calls.filter(({ verb }) => verb === "update").length, writes);
  });
}

Deno.test("requestHandover() watches a lease that looks expired: asks if it is renewed, refuses if it is not", async () => {
  const dead = await operator(held({ renewTime: 0 }));
  assertRefused(await dead.ask("baz"), "no leader", /lease of "bing" has expired/);
  assert.equal(dead.store.writes, 1);
  assert.ok(dead.lock.calls.at(-1) && (dead.lock.calls.at(-1)?.at ?? 0) >= 60_000);

  const alive = await operator(held({ renewTime: 0 }));
  alive.lock.onCall = ({ nth, verb }) => {
    if (verb === "get" && nth === 3) alive.replace(held({ sequence: 8, renewTime: 15_000 }));
  };
  assert.equal((await alive.ask("baz")).value?.outcome, "requested");
});

const SLOW = { before: 86_400_000 };

for (
  const [when, keys, fate] of [
    ["it reads", held(), on("get", SLOW)],
    ["it writes", held(), on("update", SLOW)],
    ["it waits after a conflict", held(), on("update", { refuse: new LockConflictError("lost") })],
    ["it watches a lease that looks expired", held({ renewTime: 0 }), undefined],
  ] as const
) {
  Deno.test(`requestHandover() ends when its signal aborts while ${when}`, async () => {
    const { lock, clock } = await operator(keys, fate);
    const stop = new AbortController();
    const asked = requestHandover(lock, "baz", { clock, signal: stop.signal });
    const ended = assert.rejects(asked, { name: "AbortError" });
    await clock.advance(200);
    stop.abort();
    await ended;
  });
}

// ---- Dead leaders ----

/** When somebody took over from a leader that died at once, with a request each P from `from` on, by turns for two names. */
async function takeover(isAsked: boolean): Promise<{ after: number; beaten: number }> {
  await using crowd = new Crowd();
  const bing = await crowd.run("bing");
  const baz = await crowd.run("baz");
  await crowd.advance(1_000);
  crowd.kill(bing);
  let after = 0;
  for (let turn = 0; !baz.elector.isLeader() && after < 300_000; turn++) {
    if (isAsked) {
      const name = turn % 2 ? "dead one" : "dead two";
      crowd.ask(name, `${turn}`);
    }
    for (let step = 0; step < 50 && !baz.elector.isLeader(); step++, after += 100) {
      await crowd.advance(100);
    }
  }
  const beaten = baz.lock.calls.filter(({ verb }) => verb === "update").length - 1;
  assert.equal(baz.elector.isLeader(), true);
  return { after, beaten };
}

Deno.test("a dead leader on whom a handover is requested each P is taken over at most 1.5 P later, and one P for each request that beat a claim", async () => {
  const without = await takeover(false);
  const asked = await takeover(true);
  const late = asked.after - without.after;
  assert.ok(late >= 0 && late <= 7_500 + 5_000 * (asked.beaten + 1), `${late}, ${asked.beaten}`);
  assert.ok(asked.beaten <= 3, String(asked.beaten));
});

Deno.test("a claim that a request beat is made again within P, as the first sight of the lease still counts", async () => {
  await using crowd = new Crowd();
  await crowd.write(held());
  // Polls come as early as they may: too early for the next claim.
  const baz = crowd.make("baz", { random: () => 0.999 });
  let beaten = 0;
  baz.lock.onCall = ({ verb }) => {
    if (verb !== "update" || beaten === 3) return;
    const name = `dead ${beaten++}`;
    const requestedOn = crowd.record?.requestedOn ?? crowd.store.current?.version;
    writeAs(crowd.store, {
      ...crowd.record,
      preferredHolder: name,
      requestedBy: name,
      requestedOn,
    });
  };
  await baz.run();
  const next = await crowd.next(200_000);
  assert.equal(beaten, 3);
  // The first request names another candidate, which costs 1.5 P.
  assert.ok(next && next.after <= 60_000 + 7_500 + 1_000 + 3 * 5_000 + 200, String(next?.after));
  assert.ok(next.after >= 67_500);
});
