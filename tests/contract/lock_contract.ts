import assert from "node:assert/strict";
import { type Lock, LockConflictError } from "../../lock/mod.ts";
import { Contract, type ContractOptions } from "./register.ts";
import { getHeld, held, type LockWorld, type MakeWorld, plain, winners } from "./world.ts";

export interface LockContractOptions extends ContractOptions {
  /**
   * What the place holds before its first record, if that is never created but replaces something. By default the place is
   * empty.
   */
  readonly initial?: string;
  /** How many race: one test for each number. */
  readonly racers?: readonly number[];
  readonly rounds?: number;
}

type Body = (world: LockWorld) => Promise<void>;

/** What every lock owes its callers, where nothing fails. */
export function lockContract(
  name: string,
  make: MakeWorld<LockWorld>,
  { racers: sizes = [2, 4, 8], rounds = 5, initial, ...options }: LockContractOptions = {},
): void {
  const contract = new Contract(name, options);
  const test = (does: string, body: Body, content: string | null = initial ?? null) =>
    contract.test(does, async () => {
      await using world = await make(content ?? undefined);
      await body(world);
    });
  const first = async (lock: Lock, token = 0) =>
    initial === undefined
      ? await lock.create(held(lock.identity, token))
      : await lock.update(held(lock.identity, token), await getHeld(lock));

  test("get() is undefined if the lock was never held", async (world) => {
    assert.equal(await world.lock("a").get(), undefined);
  }, null);

  test("a first record is read by everybody, and only its writer calls it own", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const created = await first(a, 7);
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
    const created = await first(a);
    await assert.rejects(b.create(held("b")), LockConflictError);
    await assert.rejects(a.create(held("a", 1)), LockConflictError);
    for (const lock of [a, b, world.lock("c")]) assert.deepEqual(await versionAt(lock), created);
  });

  test("update() replaces what was seen, with a new version each time", async (world) => {
    const [a, b] = [world.lock("a"), world.lock("b")];
    const versions = new Set<string>();
    let seen = await first(a);
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
    const replaced = await first(a);
    await b.get();
    const second = await a.update(held("a", 1), replaced);
    await assert.rejects(b.update(held("b", 1), replaced), LockConflictError);
    await assert.rejects(a.update(held("a", 2), replaced), LockConflictError);
    await assert.rejects(world.lock("c").update(held("c", 2), replaced), LockConflictError);
    for (const lock of [a, b, world.lock("d")]) assert.deepEqual(await versionAt(lock), second);
    const third = await b.update(held("b", 2), second);
    assert.deepEqual(await versionAt(a), third);
  });

  test("distinguishes its own writes from those of another lock with the same identity", async (world) => {
    const [a, twin] = [world.lock("a"), world.lock("a")];
    const created = await first(a);
    assert.equal((await getHeld(twin)).own, false);
    await twin.update(held("a"), created);
    assert.equal((await getHeld(a)).own, false);
    assert.equal((await getHeld(twin)).own, true);
  });

  test("rejects with the signal's reason where that has aborted, and writes nothing", async (world) => {
    const lock = world.lock("a");
    const before = await world.lock("b").get();
    const signal = AbortSignal.abort("given up");
    const givenUp = (reason: unknown) => reason === "given up";
    await assert.rejects(lock.get({ signal }), givenUp);
    await assert.rejects(lock.create(held("a"), { signal }), givenUp);
    assert.deepEqual(await world.lock("b").get(), before);
    const seen = await first(lock);
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
      let seen = await first(world.lock("first"));
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
  contract.end();
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
