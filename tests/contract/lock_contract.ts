import assert from "node:assert/strict";
import { type Lock, LockConflictError } from "../../lock/mod.ts";
import { getHeld, held, type LockWorld, type MakeWorld, plain, winners } from "./world.ts";

/** How hard the contract's races are. */
export interface RaceOptions {
  /** How many race: one test for each number. */
  readonly racers?: readonly number[];
  /** How many rounds they race. */
  readonly rounds?: number;
}

/** What every lock owes its callers, where nothing fails. */
export function lockContract(
  name: string,
  make: MakeWorld<LockWorld>,
  { racers: sizes = [2, 4, 8], rounds = 5 }: RaceOptions = {},
): void {
  const test = (does: string, body: (world: LockWorld) => Promise<void>) =>
    Deno.test(`${name} ${does}`, async () => {
      await using world = await make();
      await body(world);
    });

  test("get() is undefined where nobody ever held the lock", async (world) => {
    assert.equal(await world.lock("a").get(), undefined);
  });

  test("create() writes a record that everybody reads, and only its writer calls own", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const created = await a.create(held("a", 7));
    assert.deepEqual(plain(created.record), held("a", 7));
    assert.equal(created.own, true);
    for (const lock of [a, b, world.lock("a")]) {
      const seen = await getHeld(lock);
      assert.deepEqual(seen.record, created.record);
      assert.equal(seen.version, created.version);
      assert.equal(seen.own, lock === a);
    }
  });

  test("create() conflicts where there is a record, and changes nothing", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const created = await a.create(held("a"));
    await assert.rejects(b.create(held("b")), LockConflictError);
    await assert.rejects(a.create(held("a", 1)), LockConflictError);
    for (const lock of [a, b, world.lock("c")]) assert.deepEqual(await versionAt(lock), created);
  });

  test("update() replaces what was seen, with a new version each time", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const versions = new Set<string>();
    let seen = await a.create(held("a"));
    for (let round = 1; round <= 10; round++) {
      versions.add(seen.version);
      const writer = round % 3 === 0 ? b : a;
      seen = await writer.update(held(writer.identity, round), seen);
      assert.equal(seen.record.leaderTransitions, round);
      assert.equal(seen.own, true);
      assert.deepEqual(await versionAt(round % 2 === 0 ? a : b), seen);
    }
    assert.equal(versions.has(seen.version), false);
    assert.equal(versions.size, 10);
  });

  test("update() conflicts where what was seen was replaced, and changes nothing", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const first = await a.create(held("a"));
    await b.get();
    const second = await a.update(held("a", 1), first);
    await assert.rejects(b.update(held("b", 1), first), LockConflictError);
    await assert.rejects(a.update(held("a", 2), first), LockConflictError);
    await assert.rejects(world.lock("c").update(held("c", 2), first), LockConflictError);
    for (const lock of [a, b, world.lock("d")]) assert.deepEqual(await versionAt(lock), second);
    const third = await b.update(held("b", 2), second);
    assert.deepEqual(await versionAt(a), third);
  });

  test("tells its own writes from those of another lock with the same identity", async (world) => {
    const [a, twin] = [world.lock("a"), world.lock("a")];
    const created = await a.create(held("a"));
    assert.equal((await getHeld(twin)).own, false);
    await twin.update(held("a"), created);
    assert.equal((await getHeld(a)).own, false);
    assert.equal((await getHeld(twin)).own, true);
  });

  test("rejects with the signal's reason where that has aborted, and writes nothing", async (world) => {
    const lock = world.lock("a");
    const signal = AbortSignal.abort("given up");
    const givenUp = (reason: unknown) => reason === "given up";
    await assert.rejects(lock.get({ signal }), givenUp);
    await assert.rejects(lock.create(held("a"), { signal }), givenUp);
    assert.equal(await world.lock("b").get(), undefined);
    const seen = await lock.create(held("a"));
    await assert.rejects(lock.update(held("a", 1), seen, { signal }), givenUp);
    assert.deepEqual(await versionAt(world.lock("b")), seen);
  });

  for (const racers of sizes) {
    test(`lets one of ${racers} racing create()s win`, async (world) => {
      const locks = candidates(world, racers);
      await Promise.all(locks.map((lock) => lock.get()));
      const results = await Promise.allSettled(
        locks.map((lock) => lock.create(held(lock.identity))),
      );
      const [winner, ...others] = winners(results);
      assert.ok(winner !== undefined && others.length === 0, `${winners(results)} won`);
      await assertHolder(world, locks, `candidate-${winner}`);
    });

    test(`lets one of ${racers} racing update()s win, round after round`, async (world) => {
      const locks = candidates(world, racers);
      let seen = await world.lock("first").create(held("first"));
      for (let round = 1; round <= rounds; round++) {
        await Promise.all(locks.map((lock) => lock.get()));
        const results = await Promise.allSettled(
          locks.map((lock) => lock.update(held(lock.identity, round), seen)),
        );
        const [winner, ...others] = winners(results);
        assert.ok(winner !== undefined && others.length === 0, `${winners(results)} won`);
        await assertHolder(world, locks, `candidate-${winner}`);
        seen = await getHeld(locks[0] ?? world.lock("a"));
        assert.equal(seen.record.leaderTransitions, round);
      }
    });
  }
}

function candidates(world: LockWorld, count: number): Lock[] {
  return Array.from({ length: count }, (_, place) => world.lock(`candidate-${place}`));
}

/** Everybody, a newcomer too, reads the same record under the same version. */
async function assertHolder(world: LockWorld, locks: Lock[], holder: string): Promise<void> {
  const seen = await Promise.all([...locks, world.lock("newcomer")].map(getHeld));
  assert.deepEqual(new Set(seen.map(({ record }) => record.holderIdentity)), new Set([holder]));
  assert.equal(new Set(seen.map(({ version }) => version)).size, 1);
  for (const lock of locks) {
    assert.equal((await getHeld(lock)).own, lock.identity === holder);
  }
}

/** What a lock reads, as its writer saw it. */
async function versionAt(lock: Lock): Promise<unknown> {
  return { ...await getHeld(lock), own: true };
}
