import assert from "node:assert/strict";
import type { Snapshot } from "../../../store/mod.ts";
import {
  type Fault,
  faults,
  type GistServer,
  LOCAL_TOKEN,
  type ReceivedRequest,
} from "../../../gist/server/mod.ts";
import {
  formatRecord,
  LockAccessError,
  LockConflictError,
  LockUnavailableError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { held, settle } from "../../contract/world.ts";
import { seededRandom } from "../../support/seeded_random.ts";

/** A text like no other that follows what was seen. */
function text(label: string, seen: Snapshot): string {
  return formatRecord({ ...held(label), base: seen.head });
}

/** How many requests of each kind some work costs. */
async function costOf(server: GistServer, work: () => Promise<unknown>): Promise<number[]> {
  server.resetCounts();
  await work();
  const { reads, notModified, writes } = server.counts;
  return [writes, reads, notModified];
}

function make(content: string | undefined = "{}") {
  const world = new LocalGistWorld("rest", content);
  const { server, id } = world;
  const store = world.store();
  /** Another store's write over what both have read. */
  const rival = async () => {
    const [seen, other] = [await store.read(), world.store()];
    return { seen, won: await other.compareAndSwap(text("b", await other.read()), seen) };
  };
  return { world, server, id, store, rival };
}

Deno.test("RestStore polls with one request, free while nothing changes", async () => {
  const { server, store, rival } = make();
  // The second request asks whether the only revision shown is the first, the third what it holds: "{}" names no base.
  assert.deepEqual(await costOf(server, () => store.read()), [0, 3, 0]);
  for (let poll = 0; poll < 5; poll++) {
    assert.deepEqual(await costOf(server, () => store.read()), [0, 0, 1]);
  }
  await rival();
  assert.deepEqual(await costOf(server, () => store.read()), [0, 1, 0]);
  assert.deepEqual(await costOf(server, () => store.read()), [0, 0, 1]);
});

Deno.test("RestStore learns of a lost race with one more request, and reads the rest from memory", async () => {
  const { server, store, rival } = make();
  const { seen, won } = await rival();
  const lost = () =>
    assert.rejects(store.compareAndSwap(text("a", seen), seen), {
      name: "LockConflictError",
      message: new RegExp(`${won.version} follows ${seen.head}$`),
    });
  assert.deepEqual(await costOf(server, lost), [1, 1, 0]);
  // The head, and the head again by its own name, as it is void.
  assert.deepEqual(await costOf(server, () => store.read()), [0, 2, 0]);
  assert.deepEqual(await costOf(server, () => store.read()), [0, 0, 1]);
  assert.equal((await store.read()).version, won.version);
});

Deno.test("RestStore looks beyond the history that an answer shows", async () => {
  for (const historyLength of [1, 2, 3, 30]) {
    const world = new LocalGistWorld("rest", "{}", { historyLength });
    const store = world.store();
    const first = await store.read();
    const written = await store.compareAndSwap(text("a", first), first).catch(() => store.read());
    for (let edit = 0; edit < 7; edit++) world.editOtherFile();
    for (const reader of [store, world.store()]) {
      const { content, version } = await reader.read();
      assert.deepEqual({ content, version }, {
        content: text("a", first),
        version: written.version,
      });
    }
  }
});

Deno.test("RestStore finds the first of exactly as many revisions as a page holds", async () => {
  for (const revisions of [98, 99, 100]) {
    const { world } = make();
    for (let edit = 1; edit < revisions; edit++) world.editOtherFile();
    const { content, version } = await world.store().read();
    assert.equal(content, "{}");
    assert.equal(version, world.server.revisions(world.id).at(-1)?.version);
  }
});

Deno.test("RestStore reads a gist whose answers show no history", async () => {
  const { server, store, world } = make();
  const isGist = ({ url }: ReceivedRequest) => !url.pathname.endsWith("/commits");
  server.inject(faults.withoutHistory(), { kind: "read", when: isGist, times: 100 });
  const seen = await store.read();
  assert.deepEqual(await world.store().read(), seen);
  server.inject(faults.withoutHistory(), { kind: "write" });
  await assert.rejects(store.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
  const found = await store.read();
  assert.equal(found.content, text("a", seen));
  assert.equal(found.version, server.revisions(world.id)[0]?.version);
});

Deno.test("RestStore does not take a rival's revision for its own write where the history lags behind the text", async (t) => {
  /** The newest text, beside a history that does not yet show its revision. */
  const lag: Fault = async (_request, proceed) => {
    const answer = await (await proceed()).json();
    return Response.json({ ...answer, history: answer.history.slice(1) });
  };

  await t.step(
    "in the answer to a write whose rival is this store's own, which landed late",
    async () => {
      const { server, store, world } = make();
      const first = await store.read();
      const seen = await store.compareAndSwap(text("a", first), first);
      server.inject(faults.appliedLate(1_000), { kind: "write" });
      await assert.rejects(store.compareAndSwap(text("late", seen), seen), UnknownOutcomeError);
      await world.clock.advance(1_000);
      server.inject(lag, { kind: "write" });
      await assert.rejects(store.compareAndSwap(text("again", seen), seen), LockConflictError);
      assert.equal((await store.read()).content, text("late", seen));
    },
  );

  await t.step("in reads long after, until a write of its own is in effect", async () => {
    const { server, store, rival } = make();
    const { seen, won } = await rival();
    await assert.rejects(store.compareAndSwap(text("a", seen), seen), LockConflictError);
    server.inject(lag, { kind: "read" });
    const read = await store.read();
    assert.deepEqual([read.version, read.content], [won.version, won.content]);
  });
});

Deno.test("RestStore judges a write by an answer that shows more than the write", async (t) => {
  /** Something happens between the write and the answer to it. */
  const meanwhile = (server: GistServer, id: string, happens: () => unknown): Fault => {
    return async (_request, proceed) => {
      await proceed();
      await happens();
      return await server.fetch(readRequest(id));
    };
  };

  await t.step("another file was edited: in effect, and the next write follows", async () => {
    const { world, server, id, store } = make();
    const seen = await store.read();
    server.inject(meanwhile(server, id, () => world.editOtherFile()), { kind: "write" });
    const written = await store.compareAndSwap(text("a", seen), seen);
    assert.notEqual(written.version, written.head);
    assert.deepEqual(await store.read(), written);
    await store.compareAndSwap(text("b", written), written);
  });

  await t.step("it was replaced: read, as it was in effect and is not any more", async () => {
    const { world, server, id, store } = make();
    const seen = await store.read();
    server.inject(meanwhile(server, id, () => world.edit("{}")), { kind: "write" });
    await assert.rejects(store.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
    assert.equal((await store.read()).content, "{}");
  });
});

Deno.test("RestStore does not mistake a refused look at its write for a refused write", async () => {
  const refusals = [
    faults.secondaryRateLimit({ retryAfter: 5 }),
    faults.refused(404, "Not Found"),
    faults.requestLost(),
  ];
  for (const refusal of refusals) {
    const { server, store, rival } = make();
    const { seen } = await rival();
    server.inject(refusal, { kind: "read" });
    await assert.rejects(store.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
  }
});

Deno.test("RestStore passes on the time to wait for with an unknown outcome", async () => {
  const { world, server, store } = make();
  const seen = await store.read();
  await world.clock.advance(1_000);
  server.inject(faults.secondaryRateLimit({ retryAfter: 5 }), { kind: "read" });
  await assert.rejects(store.compareAndSwap(text("a", seen), seen), (error) => {
    assert.ok(error instanceof UnknownOutcomeError);
    assert.equal(error.retryAt, 6_000);
    return true;
  });
});

const UNKNOWN: readonly [what: string, fault: Fault, isApplied: boolean][] = [
  ["409", faults.conflict(), false],
  ["409 though it was applied", faults.conflict({ applied: true }), true],
  ["422", faults.validationFailed(), false],
  ["422 though it was applied", faults.validationFailed({ applied: true }), true],
  ["500", faults.serverError(500), false],
  ["502 though it was applied", faults.serverError(502, { applied: true }), true],
  ["a page with 200", faults.htmlAnswer(), false],
  ["5 MB", faults.giantAnswer(5_000_000), false],
  ["a redirect", faults.redirect("https://elsewhere.example/"), false],
  ["nothing in time", faults.hanging(), false],
  ["nothing in time though it was applied", faults.hanging({ applied: true }), true],
];

for (const [what, fault, isApplied] of UNKNOWN) {
  Deno.test(`RestStore does not know the outcome of a write answered with ${what}, and finds it by reading`, async () => {
    const { world, server, store } = make();
    const seen = await store.read();
    server.inject(fault, { kind: "write" });
    const write = store.compareAndSwap(text("a", seen), seen);
    await assert.rejects(settle(world.clock, write), UnknownOutcomeError);
    assert.equal((await store.read()).content, isApplied ? text("a", seen) : "{}");
  });

  if (isApplied || what.startsWith("4")) continue;
  Deno.test(`RestStore cannot read what is answered with ${what}`, async () => {
    const { world, server, store } = make();
    server.inject(fault, { kind: "read" });
    await assert.rejects(settle(world.clock, store.read()), LockUnavailableError);
    assert.equal((await store.read()).content, "{}");
  });
}

Deno.test("RestStore writes nothing whose base is not the head that was seen", async () => {
  const { server, store } = make();
  const seen = await store.read();
  for (const content of ["{}", "garbage", formatRecord({ ...held("a"), base: "x" })]) {
    const cost = await costOf(
      server,
      () => assert.rejects(store.compareAndSwap(content, seen), TypeError),
    );
    assert.deepEqual(cost, [0, 0, 0]);
  }
});

Deno.test("RestStore says so where the token or the id is wrong, and nothing was written", async () => {
  const { world, server, id } = make();
  const seen = await world.store().read();
  for (const token of ["wrong", undefined]) {
    const write = world.store({ token }).compareAndSwap(text("a", seen), seen);
    await assert.rejects(write, LockAccessError);
  }
  assert.equal(server.revisions(id).length, 1);
  await assert.rejects(world.store({ token: "wrong" }).read(), LockAccessError);
  await assert.rejects(world.store({ id: "abc" }).read(), /^LockAccessError: .*check the id/);
});

Deno.test("RestStore gives a write up with its caller's reason, and finds it by reading", async () => {
  const { world, server, store } = make();
  const seen = await store.read();
  server.inject(faults.delayed(100, 100), { kind: "write" });
  const caller = new AbortController();
  const write = store.compareAndSwap(text("a", seen), seen, { signal: caller.signal });
  write.catch(() => {});
  await world.clock.advance(150);
  caller.abort("given up");
  await assert.rejects(write, (reason) => reason === "given up");
  await world.clock.advance(100);
  assert.equal((await store.read()).content, text("a", seen));
});

Deno.test("RestStore gives up the look at its write with its caller's reason", async () => {
  const { world, server, store, rival } = make();
  const { seen } = await rival();
  server.inject(faults.hanging(), { kind: "read" });
  const caller = new AbortController();
  const write = store.compareAndSwap(text("a", seen), seen, { signal: caller.signal });
  write.catch(() => {});
  await world.clock.advance(10);
  caller.abort("given up");
  await assert.rejects(write, (reason) => reason === "given up");
});

Deno.test("RestStore takes a hand's edit that keeps the base for void", async () => {
  const { world, store } = make();
  const seen = await store.read();
  const written = await store.compareAndSwap(text("a", seen), seen);
  world.edit(text("a", seen).replace('"a"', '""'));
  const { content, version } = await store.read();
  assert.deepEqual({ content, version }, { content: written.content, version: written.version });
});

Deno.test("RestStore lets at most one of overlapping writes win, some of which the server refuses", async () => {
  let refused = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const world = new LocalGistWorld("rest", "{}", { writeDuration: 40 });
    const random = seededRandom(seed);
    world.server.intercept = (request, proceed, clock) =>
      faults.delayed(Math.floor(random() * 100), Math.floor(random() * 100))(
        request,
        proceed,
        clock,
      );
    const stores = Array.from({ length: 6 }, () => world.store());
    const seen = await settle(world.clock, Promise.all(stores.map((store) => store.read())));
    const texts = seen.map((snapshot, place) => text(String(place), snapshot));
    const writes = stores.map((store, place) => store.compareAndSwap(texts[place]!, seen[place]!));
    const results = await settle(world.clock, Promise.allSettled(writes));
    const { content } = await settle(world.clock, world.store().read());
    results.forEach((result, place) => {
      if (result.status === "fulfilled") assert.equal(content, texts[place], `seed ${seed}`);
      else if (result.reason instanceof LockConflictError) assert.notEqual(content, texts[place]);
      else assert.ok(result.reason instanceof UnknownOutcomeError);
    });
    assert.ok(texts.includes(content ?? ""), `seed ${seed}`);
    refused += world.server.counts.refused;
  }
  assert.ok(refused > 0, "some writes must have overlapped");
});

function readRequest(id: string): Request {
  return new Request(`https://api.github.com/gists/${id}`, {
    headers: { "user-agent": "a test", "authorization": `Bearer ${LOCAL_TOKEN}` },
  });
}
