import assert from "node:assert/strict";
import {
  InvalidRecordError,
  type Lock,
  LockConflictError,
  LockDeletedError,
  MAX_RECORD_BYTES,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import { Contract, type ContractOptions } from "./register.ts";
import { getHeld, type GistWorld, held, type MakeWorld, plain } from "./world.ts";

/** A record as client-go writes it: no key of ours. */
const FOREIGN =
  '{"holderIdentity":"go","leaseDurationSeconds":15,"acquireTime":"2026-01-02T03:04:05Z",' +
  '"renewTime":"2026-01-02T03:04:05Z","leaderTransitions":4,"strategy":"","preferredHolder":""}';

/** Texts that are no record, and the token that can still be read from each. */
const GARBAGE: readonly [what: string, content: string, token: number | undefined][] = [
  ["prose", "gone fishing", undefined],
  ["white space", " \n", undefined],
  ["a list", "[]", undefined],
  ["a cut record", FOREIGN.slice(0, -20), 4],
  ["a record with a wrong type", '{"leaderTransitions":9,"holderIdentity":1}', 9],
  ["a record that is too long", FOREIGN.replace("go", "o".repeat(MAX_RECORD_BYTES)), undefined],
  ["a record that the server cuts", '{"leaderTransitions":3} '.padEnd(1_100_000), 3],
];

/** What every lock that clusters share owes its callers when hands and networks interfere. */
export function gistLockContract(
  name: string,
  make: MakeWorld<GistWorld>,
  options?: ContractOptions,
): void {
  const contract = new Contract(name, options);
  const test: Test = (does, body, content = "{}") =>
    contract.test(does, async () => {
      await using world = await make(content ?? undefined);
      await body(world, world.lock("a"), world.lock("b"));
    });
  testContents(test);
  testHands(test);
  testLostAnswers(test);
  testLateWrites(test);
  contract.end();
}

type Body = (world: GistWorld, a: Lock, b: Lock) => Promise<void>;
/** Registers a test on a file with a content, or with `null` on none. */
type Test = (does: string, body: Body, content?: string | null) => void;

function testContents(test: Test): void {
  for (const [what, content, token] of GARBAGE) {
    test(
      `reads ${what} as a record without a holder, yet not as free, and replaces it`,
      async (_, a, b) => {
        const [error, again] = [await invalidAt(a), await invalidAt(b)];
        assert.ok(error.version);
        assert.equal(again.version, error.version);
        if (token !== undefined) assert.equal(error.tokenFloor, token);
        await assert.rejects(a.create(held("a")), LockConflictError);
        const seen = await a.update(held("a", 10), { version: error.version });
        assert.deepEqual({ ...await getHeld(b), own: true }, seen);
        await assert.rejects(b.update(held("b"), { version: error.version }), LockConflictError);
      },
      content,
    );
  }

  test("reads a record of client-go, and replaces it", async (_, a, b) => {
    const seen = await getHeld(a);
    assert.equal(seen.record.holderIdentity, "go");
    assert.equal(seen.record.leaderTransitions, 4);
    assert.equal(seen.own, false);
    const updated = await a.update(held("a", 5), seen);
    assert.deepEqual({ ...await getHeld(b), own: true }, updated);
    await assert.rejects(b.update(held("b", 5), seen), LockConflictError);
  }, FOREIGN);

  test("reads an empty object as a record without a holder", async (_, a) => {
    const seen = await getHeld(a);
    assert.equal(seen.record.holderIdentity, "");
    assert.equal((await a.update(held("a", 1), seen)).record.leaderTransitions, 1);
  });

  test("does not write a record that no candidate could read", async (_, a, b) => {
    const seen = await getHeld(a);
    await assert.rejects(a.update(held("a", -1), seen), InvalidRecordError);
    await assert.rejects(a.update(held("a".repeat(MAX_RECORD_BYTES)), seen), InvalidRecordError);
    assert.deepEqual(await getHeld(b), seen);
  });
}

function testHands(test: Test): void {
  test("sees what a hand put in its place as a new version", async (world, a, b) => {
    const seen = await a.update(held("a", 1), await getHeld(a));
    await world.edit(FOREIGN);
    await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
    const edited = await getHeld(a);
    assert.equal(edited.record.holderIdentity, "go");
    assert.equal(edited.own, false);
    assert.notEqual(edited.version, seen.version);
    assert.deepEqual(await getHeld(b), edited);
    await b.update(held("b", 5), edited);
  });

  test("keeps its version when another file is edited", async (world, a, b) => {
    const seen = await a.update(held("a", 1), await getHeld(a));
    await world.editOtherFile();
    await world.editOtherFile();
    assert.deepEqual(await getHeld(a), seen);
    assert.deepEqual(await getHeld(a), seen);
    const other = await world.otherFile();
    const renewed = await a.update(held("a", 1), seen);
    assert.deepEqual({ ...await getHeld(b), own: true }, renewed);
    assert.equal(await world.otherFile(), other);
  });

  test(
    "is not created again once it was deleted, until a hand brings it back",
    async (world, a, b) => {
      const seen = await a.update(held("a", 6), await getHeld(a));
      await b.get();
      await world.edit(null);
      await assert.rejects(a.update(held("a", 6), seen), LockConflictError);
      for (const lock of [a, b]) {
        await assert.rejects(lock.get(), LockDeletedError);
        await assert.rejects(lock.get(), /put \{"leaderTransitions":6\} into/);
        await assert.rejects(lock.create(held("a")), LockDeletedError);
      }
      await world.edit('{"leaderTransitions":6}');
      const back = await getHeld(b);
      assert.equal(back.record.leaderTransitions, 6);
      assert.equal(back.record.holderIdentity, "");
      await b.update(held("b", 7), back);
      assert.equal((await getHeld(a)).record.holderIdentity, "b");
    },
  );
}

function testLostAnswers(test: Test): void {
  test(
    "finds by reading that a write whose request was lost is not in effect",
    async (world, a, b) => {
      const seen = await a.update(held("a", 1), await getHeld(a));
      world.failNextWrite("request lost");
      await assert.rejects(a.update(held("a", 1), seen), UnknownOutcomeError);
      assert.deepEqual(await getHeld(a), seen);
      const renewed = await a.update(held("a", 1), seen);
      assert.deepEqual({ ...await getHeld(b), own: true }, renewed);
    },
  );

  test("finds by reading that a write whose answer was lost is in effect", async (world, a, b) => {
    const seen = await a.update(held("a", 1), await getHeld(a));
    world.failNextWrite("answer lost");
    await assert.rejects(a.update(held("a", 2), seen), UnknownOutcomeError);
    const found = await getHeld(a);
    assert.deepEqual(plain(found.record), held("a", 2));
    assert.equal(found.own, true);
    assert.notEqual(found.version, seen.version);
    await assert.rejects(b.update(held("b", 3), seen), LockConflictError);
    assert.deepEqual({ ...await getHeld(b), own: true }, found);
  });

  test(
    "finds by reading that a create() whose answer was lost is in effect",
    async (world, a, b) => {
      assert.equal(await a.get(), undefined);
      world.failNextWrite("answer lost");
      await assert.rejects(a.create(held("a")), UnknownOutcomeError);
      assert.equal((await getHeld(a)).own, true);
      await assert.rejects(b.create(held("b")), LockConflictError);
    },
    null,
  );

  test("counts a write once that was applied twice", async (world, a, b) => {
    const first = await getHeld(a);
    world.failNextWrite("applied twice");
    const seen = await a.update(held("a", 1), first);
    assert.deepEqual(await getHeld(a), seen);
    assert.deepEqual({ ...await getHeld(b), own: true }, seen);
    const taken = await b.update(held("b", 2), seen);
    assert.deepEqual({ ...await getHeld(a), own: true }, taken);
    await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
  });
}

function testLateWrites(test: Test): void {
  test("does not let a late write replace what was taken over meanwhile", async (world, a, b) => {
    const seen = await a.update(held("a", 1), await getHeld(a));
    await b.get();
    world.failNextWrite("applied late");
    await assert.rejects(a.update(held("a", 1), seen), UnknownOutcomeError);
    const taken = await b.update(held("b", 2), seen);
    await world.arriveLate();
    for (const lock of [a, b, world.lock("c")]) {
      assert.deepEqual({ ...await getHeld(lock), own: true }, taken);
    }
    const renewed = await b.update(held("b", 2), await getHeld(b));
    assert.deepEqual({ ...await getHeld(a), own: true }, renewed);
  });

  test("sees a late write that took effect, once it is there", async (world, a, b) => {
    const seen = await a.update(held("a", 1), await getHeld(a));
    world.failNextWrite("applied late");
    await assert.rejects(a.update(held("a", 2), seen), UnknownOutcomeError);
    assert.deepEqual(await getHeld(a), seen);
    await world.arriveLate();
    const late = await getHeld(a);
    assert.deepEqual(plain(late.record), held("a", 2));
    assert.equal(late.own, true);
    assert.equal((await getHeld(b)).version, late.version);
  });

  test(
    "pairs the old record with its old version in a stale read, and a write after it is void",
    async (world, a, b) => {
      const first = await a.update(held("a", 1), await getHeld(a));
      await getHeld(b);
      const second = await a.update(held("a", 2), first);
      world.staleNextRead();
      const stale = await getHeld(b);
      assert.deepEqual({ ...stale, own: true }, first);
      await assert.rejects(b.update(held("b", 3), stale), LockConflictError);
      for (const lock of [a, b]) assert.deepEqual({ ...await getHeld(lock), own: true }, second);
    },
  );
}

/** The error of reading what is no record. */
async function invalidAt(lock: Lock): Promise<InvalidRecordError> {
  const error: unknown = await lock.get().then(() => undefined, (error) => error);
  assert.ok(error instanceof InvalidRecordError, String(error));
  return error;
}
