import assert from "node:assert/strict";
import { moveLock, type MoveOptions } from "../../../cli/actions/migration.ts";
import {
  FakeClock,
  formatRecord,
  LockUnavailableError,
  parseRecord,
  ProtocolMismatchError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore, MOVED, type Snapshot } from "../../../store/mod.ts";
import { held } from "../../contract/world.ts";
import { Candidate } from "../../elector/candidate.ts";

function storeWith(content?: string): MemoryStore {
  const store = new MemoryStore();
  if (content !== undefined) store.current = { content, version: "first" };
  return store;
}

function text(holder: string, token: number, keys: object = {}): string {
  return formatRecord({ ...held(holder, token), leaseDurationSeconds: 20, ...keys });
}

function recordOf({ current }: MemoryStore) {
  return parseRecord(current?.content ?? "");
}

/** A move, and what came of it after so many milliseconds. */
async function move(
  from: MemoryStore,
  to: MemoryStore,
  options: Partial<MoveOptions> = {},
  ms = 0,
) {
  const clock = new FakeClock();
  const created: number[] = [];
  const result: { done?: number; error?: unknown } = {};
  moveLock({
    from,
    to,
    clock,
    pollPeriod: 5_000,
    report: () => {},
    create: (token) => {
      created.push(token);
      to.current = { content: text("elector-init", token), version: "created" };
      return Promise.resolve();
    },
    ...options,
  }).then((token) => result.done = token, (error) => result.error = error);
  await clock.advance(ms);
  return { clock, created, result };
}

Deno.test("a lock that is free moves at once, and its token goes on", async () => {
  const [from, to] = [storeWith(text("", 7)), storeWith()];
  const { created, result } = await move(from, to);
  assert.equal(result.done, 7);
  assert.deepEqual(created, [7]);
  assert.equal(recordOf(from).protocol, MOVED);
  assert.equal(recordOf(from).leaderTransitions, 7);
  assert.equal(recordOf(from).holderIdentity, "");
});

Deno.test("no candidate takes part in a lock that has moved: neither a new one, nor one that followed", async () => {
  const [from, to] = [storeWith(text("bing", 7)), storeWith()];
  const follower = new Candidate({ identity: "follower", store: from });
  await follower.run();
  from.current = { content: text("", 7, { protocol: MOVED }), version: "moved" };
  const late = new Candidate({ identity: "late", store: from });
  await late.run();
  assert.ok(late.outcome instanceof ProtocolMismatchError);
  assert.match(late.outcome.message, /its lock has moved to another store/);
  await follower.clock.advance(300_000);
  assert.equal(follower.terms.length, 0);
  assert.ok(follower.errors.some((error) => error instanceof ProtocolMismatchError));
  assert.equal(from.writes, 0);
  const lock = new MemoryLock("a", from);
  await assert.rejects(lock.update(held("a", 8), { version: "moved" }), ProtocolMismatchError);
  await assert.rejects(lock.get(), ProtocolMismatchError);
  await follower.end();
  assert.equal(to.writes, 0);
});

Deno.test("a lock that is held moves only after its whole lease", async () => {
  const [from, to] = [storeWith(text("bing", 7)), storeWith()];
  const { clock, created, result } = await move(from, to);
  await clock.advance(19_999);
  assert.equal(recordOf(from).holderIdentity, "bing");
  assert.deepEqual(created, []);
  await clock.advance(1);
  assert.equal(result.done, 7);
  assert.equal(recordOf(from).protocol, MOVED);
});

Deno.test("a lock with a lease of under a second, as Go writes it, moves only after a second", async () => {
  const from = storeWith(text("bing", 7, { leaseDurationSeconds: 0 }));
  const { clock, result } = await move(from, storeWith(), {}, 999);
  assert.deepEqual(result, {});
  await clock.advance(1);
  assert.equal(result.done, 7);
});

Deno.test("a lock that is renewed meanwhile does not move", async () => {
  const [from, to] = [storeWith(text("bing", 7)), storeWith()];
  const { clock, created, result } = await move(from, to);
  await clock.advance(19_000);
  from.current = { content: text("bing", 7, { sequence: 2 }), version: "renewed" };
  await clock.advance(1_000);
  assert.match(String(result.error), /is in use: stop every candidate first/);
  assert.equal(from.current.version, "renewed");
  assert.deepEqual(created, []);
});

Deno.test("a lock that is claimed between the look and the write does not move over it", async () => {
  const [from, to] = [storeWith(text("", 7)), storeWith()];
  const original = from.compareAndSwap.bind(from);
  let claims = 0;
  from.compareAndSwap = (content: string, seen: Snapshot) => {
    if (claims++ === 0) from.current = { content: text("bing", 8), version: "claimed" };
    return original(content, seen);
  };
  const { clock, created, result } = await move(from, to);
  await clock.advance(19_000);
  assert.equal(recordOf(from).holderIdentity, "bing");
  await clock.advance(1_000);
  // Nobody renewed it: its token goes on.
  assert.equal(result.done, 8);
  assert.deepEqual(created, [8]);
});

Deno.test("a move that was broken off goes on where it was", async () => {
  const [from, to] = [storeWith(text("", 7)), storeWith()];
  const down = new LockUnavailableError("the new store is down");
  const { result } = await move(from, to, { create: () => Promise.reject(down) });
  assert.equal(result.error, down);
  const again = await move(from, to);
  assert.equal(again.result.done, 7);
  const third = await move(from, to);
  assert.equal(third.result.done, 7);
  assert.deepEqual(third.created, []);
});

Deno.test("a write whose response was lost is found by reading", async () => {
  const [from, to] = [storeWith(text("", 7)), storeWith()];
  const original = from.compareAndSwap.bind(from);
  from.compareAndSwap = async (content: string, seen: Snapshot) => {
    await original(content, seen);
    throw new UnknownOutcomeError("no response");
  };
  const { result } = await move(from, to);
  assert.equal(result.done, 7);
  assert.equal(from.writes, 1);
});

Deno.test("the new store's own token counts if it is higher, and is raised if it is lower", async () => {
  for (const [own, expected] of [[3, 7], [9, 9]] as const) {
    const [from, to] = [storeWith(text("", 7)), storeWith(text("", own))];
    const { created, result } = await move(from, to);
    assert.equal(result.done, 7);
    assert.equal(recordOf(to).leaderTransitions, expected);
    assert.equal(recordOf(to).holderIdentity, "");
    assert.deepEqual(created, []);
  }
});

Deno.test("a new store that is in use, has moved itself, or holds something else is refused, and nothing is ended", async () => {
  const cases: [string, RegExp][] = [
    [text("bing", 3), /is in use, with fencing tokens lower than 7/],
    [text("", 3, { protocol: MOVED }), /its own lock has moved/],
    ["some other text", /is not a record/],
  ];
  for (const [content, message] of cases) {
    const [from, to] = [storeWith(text("", 7)), storeWith(content)];
    const { result } = await move(from, to);
    assert.match(String(result.error), message);
    assert.equal(to.current?.content, content);
    assert.equal(recordOf(from).protocol, undefined);
  }
});

Deno.test("there must be a lock to move", async () => {
  for (const content of [undefined, "garbage"]) {
    const { result } = await move(storeWith(content), storeWith());
    assert.match(String(result.error), /there is no lock to move/);
  }
});

Deno.test("nothing is ended if the new store cannot be trusted", async () => {
  const unsafe = new Error("unsafe");
  const [from, to] = [storeWith(text("", 7)), storeWith()];
  const { result } = await move(
    from,
    Object.assign(to, { prepare: () => Promise.reject(unsafe) }),
  );
  assert.equal(result.error, unsafe);
  assert.equal(recordOf(from).protocol, undefined);
});
