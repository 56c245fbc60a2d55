import assert from "node:assert/strict";
import type { Snapshot, Store } from "../../store/mod.ts";
import {
  formatRecord,
  LockConflictError,
  LockDeletedError,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import { Contract, type ContractOptions } from "./register.ts";
import { type GistWorld, held, type MakeWorld, winners } from "./world.ts";

/** What every store owes a lock. */
export function storeContract(
  name: string,
  make: MakeWorld<GistWorld>,
  options?: ContractOptions,
): void {
  const contract = new Contract(name, options);
  const test: Test = (does, body, content = "{}") =>
    contract.test(does, async () => {
      await using world = await make(content ?? undefined);
      await body(world, world.store(), world.store());
    });
  testSwaps(test);
  testVersions(test);
  testFaults(test);
  contract.end();
}

/** What is merely shown may lack proof; see `Snapshot.isProven`. */
const PROOF = { proof: true };

type Body = (world: GistWorld, a: Store, b: Store) => Promise<void>;
/** Registers a test on a file with a content, or with `null` on none. */
type Test = (does: string, body: Body, content?: string | null) => void;

/** A text like no other that follows what was seen. */
function text(label: string, seen: Snapshot): string {
  return formatRecord({ ...held(label), base: seen.head });
}

function testSwaps(test: Test): void {
  test("reads a file that was never there as undefined, and writes it", async (_, a, b) => {
    const absent = await a.read(PROOF);
    assert.equal(absent.content, undefined);
    const written = await a.compareAndSwap(text("a", absent), absent);
    assert.equal(written.content, text("a", absent));
    assert.deepEqual(await b.read(PROOF), written);
  }, null);

  test("keeps a text to the letter", async (_, a, b) => {
    const seen = await a.read(PROOF);
    const content = text('<>&"\\ \u2028 \u{1f511} ß \n\t', seen);
    const written = await a.compareAndSwap(content, seen);
    assert.equal((await b.read(PROOF)).content, content);
    assert.deepEqual(await b.read(PROOF), written);
  });

  test("conflicts where the head moved on, and what was there stays in effect", async (_, a, b) => {
    const seen = await b.read(PROOF);
    const written = await a.compareAndSwap(text("a", seen), seen);
    await assert.rejects(b.compareAndSwap(text("b", seen), seen), LockConflictError);
    const { content, version } = written;
    for (const store of [a, b]) {
      const { head: _head, isProven: _isProven, ...inEffect } = await store.read(PROOF);
      assert.deepEqual(inEffect, { content, version });
    }
    const after = await b.read(PROOF);
    assert.deepEqual(await b.compareAndSwap(text("b", after), after), await a.read(PROOF));
  });

  for (const racers of [2, 4, 8]) {
    test(`lets one of ${racers} racing writes win, round after round`, async (world) => {
      const stores = Array.from({ length: racers }, () => world.store());
      for (let round = 1; round <= 5; round++) {
        const seen = await Promise.all(stores.map((store) => store.read(PROOF)));
        const texts = seen.map((snapshot, place) => text(`${round}/${place}`, snapshot));
        const results = await Promise.allSettled(
          stores.map((store, place) => store.compareAndSwap(texts[place] ?? "", seen[place]!)),
        );
        const [winner, ...others] = winners(results);
        assert.ok(winner !== undefined && others.length === 0, `${winners(results)} won`);
        const read = await Promise.all(stores.map((store) => store.read(PROOF)));
        assert.deepEqual(new Set(read.map(({ content }) => content)), new Set([texts[winner]]));
        assert.equal(new Set(read.map(({ version }) => version)).size, 1);
      }
    });
  }
}

function testVersions(test: Test): void {
  test("gives each write a version of its own, and each reader the same", async (world, a, b) => {
    let seen = await a.read(PROOF);
    const versions = new Set([seen.version]);
    for (let round = 1; round <= 10; round++) {
      seen = await a.compareAndSwap(text(String(round), seen), seen);
      versions.add(seen.version);
      if (round % 3 === 0) assert.deepEqual(await b.read(PROOF), seen);
    }
    assert.equal(versions.size, 11);
    assert.equal((await world.store().read(PROOF)).version, seen.version);
  });

  test("moves the head, not the version, when another file is edited", async (world, a) => {
    const seen = await a.read(PROOF);
    const written = await a.compareAndSwap(text("a", seen), seen);
    await world.editOtherFile();
    const edited = await a.read(PROOF);
    assert.equal(edited.version, written.version);
    assert.equal(edited.content, written.content);
    assert.notEqual(edited.head, written.head);
    await a.compareAndSwap(text("b", edited), edited);
    assert.equal(await world.otherFile(), "note 1");
  });

  test("never writes after a file was deleted", async (world, a, b) => {
    const seen = await a.read(PROOF);
    await world.edit(null);
    await assert.rejects(a.read(PROOF), LockDeletedError);
    await assert.rejects(b.read(PROOF), LockDeletedError);
    await assert.rejects(a.compareAndSwap(text("a", seen), seen), LockConflictError);
    await assert.rejects(b.read(PROOF), LockDeletedError);
  });
}

function testFaults(test: Test): void {
  test(
    "does not know the outcome of a write whose request or answer was lost",
    async (world, a, b) => {
      const seen = await a.read(PROOF);
      world.failNextWrite("request lost");
      await assert.rejects(a.compareAndSwap(text("1", seen), seen), UnknownOutcomeError);
      assert.deepEqual(await a.read(PROOF), seen);
      world.failNextWrite("answer lost");
      await assert.rejects(a.compareAndSwap(text("2", seen), seen), UnknownOutcomeError);
      const found = await a.read(PROOF);
      assert.equal(found.content, text("2", seen));
      assert.equal((await b.read(PROOF)).version, found.version);
    },
  );

  test("counts a write once that was applied twice", async (world, a, b) => {
    const seen = await a.read(PROOF);
    world.failNextWrite("applied twice");
    const written = await a.compareAndSwap(text("a", seen), seen);
    assert.deepEqual(await b.read(PROOF), written);
    const replaced = await b.compareAndSwap(text("b", written), written);
    assert.deepEqual(await a.read(PROOF), replaced);
  });

  test("voids a write that lands late", async (world, a, b) => {
    const seen = await a.read(PROOF);
    await b.read(PROOF);
    world.failNextWrite("applied late");
    await assert.rejects(a.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
    const written = await b.compareAndSwap(text("b", seen), seen);
    await world.arriveLate();
    for (const store of [a, b]) {
      const { content, version } = await store.read(PROOF);
      assert.deepEqual({ content, version }, {
        content: text("b", seen),
        version: written.version,
      });
    }
  });

  test("reads stale, but never mixed", async (world, a, b) => {
    const first = await a.read(PROOF);
    await b.read(PROOF);
    const second = await a.compareAndSwap(text("a", first), first);
    world.staleNextRead();
    assert.deepEqual(await b.read(PROOF), first);
    assert.deepEqual(await b.read(PROOF), second);
  });
}
