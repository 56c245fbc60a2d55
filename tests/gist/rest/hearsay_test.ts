import assert from "node:assert/strict";
import type { Snapshot } from "../../../store/mod.ts";
import { type Fault, faults } from "../../../gist/server/mod.ts";
import {
  formatRecord,
  LockConflictError,
  LockDeletedError,
  LockUnavailableError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { getHeld, held } from "../../contract/world.ts";
import { isByName, isGist, mixed } from "./mixed_answers.ts";

const FILE = "leader-election.json";
const PROOF = { proof: true };

function make(content: string | undefined = "{}") {
  const world = new LocalGistWorld("rest", content);
  const { server, id } = world;
  const poll = (text: number, history: number) =>
    server.inject(mixed(server, id, { text, history }), { kind: "read", when: isGist });
  const versions = () => server.revisions(id).map(({ version }) => version);
  return { world, server, id, store: world.store(), poll, versions };
}

/** A text like no other that follows what was seen. */
function text(label: string, { head: base }: Pick<Snapshot, "head">): string {
  return formatRecord({ ...held(label), base, protocol: "rest" });
}

/** Two writes that name the same base: the first is in effect, the second void. */
async function race({ world }: ReturnType<typeof make>) {
  const [one, two] = [world.store(), world.store()];
  const seen = await one.read(PROOF);
  await two.read(PROOF);
  const won = await one.compareAndSwap(text("won", seen), seen);
  await assert.rejects(two.compareAndSwap(text("lost", seen), seen), LockConflictError);
  return { won, seen };
}

Deno.test("RestStore returns a rival's text as unproven, and proves the revision's own", async () => {
  const made = make();
  const { won, seen } = await race(made);
  made.poll(0, 1);
  const { store } = made;
  const told = await store.read();
  assert.deepEqual(told, {
    content: text("lost", seen),
    version: won.version,
    head: won.version,
    isProven: false,
  });
  made.poll(0, 1);
  assert.deepEqual(await store.read(PROOF), won);
  // By now the revision is known by its name: no mixture makes a difference any more.
  made.poll(0, 1);
  assert.deepEqual(await store.read(), won);
  assert.deepEqual(await store.read(), { ...won, head: made.versions()[0] });
});

Deno.test("RestStore does not keep the content of an unproven read", async () => {
  const made = make();
  const { won } = await race(made);
  made.poll(0, 1);
  assert.equal((await made.store.read()).isProven, false);
  assert.deepEqual(await made.store.read(PROOF), { ...won, head: made.versions()[0] });
});

Deno.test("RestStore asks no longer by the ETag of an answer that proved to be mixed", async () => {
  const made = make();
  await race(made);
  const { store, server } = made;
  made.poll(0, 1);
  await store.read();
  const asked: (string | null)[] = [];
  server.intercept = (request, proceed) => {
    if (!isGist(request)) return proceed();
    asked.push(request.headers.get("if-none-match"));
    return asked.length === 1 ? Promise.resolve(new Response(null, { status: 304 })) : proceed();
  };
  assert.equal((await store.read(PROOF)).isProven, true);
  await store.read();
  assert.equal(asked.length, 2);
  assert.notEqual(asked[0], null);
  assert.equal(asked[1], null);
});

Deno.test("RestStore reads by name whatever an answer shows that could make a candidate act", async (t) => {
  const cases: [what: string, write: string | null][] = [
    ["no file", null],
    ["garbage", "gone fishing"],
    ["a record without a base", '{"holderIdentity":"go","leaderTransitions":7}'],
    ["an empty record", "{}"],
    ["a record of the other protocol", "other protocol"],
  ];
  for (const [what, write] of cases) {
    for (const [order, before] of [["older", true], ["newer", false]] as const) {
      await t.step(`${what}, ${order} than the history`, async () => {
        const { world, store, poll, versions } = make();
        const content = (head: string) =>
          write === "other protocol"
            ? formatRecord({ ...held("g"), base: head, protocol: "git" })
            : write;
        if (before) world.edit(content(versions()[0] ?? ""));
        world.edit('{"leaderTransitions":3}');
        const writer = world.store();
        const seen = await writer.read(PROOF);
        const written = await writer.compareAndSwap(text("a", seen), seen);
        if (!before) world.edit(content(versions()[1] ?? ""));
        poll(before ? 2 : 0, before ? 0 : 1);
        assert.deepEqual(await store.read(), written);
      });
    }
  }
});

Deno.test("RestStore takes a file for deleted only where the revision that deleted it says so", async () => {
  const { world, store, poll } = make();
  const seen = await store.read(PROOF);
  const written = await store.compareAndSwap(text("a", seen), seen);
  world.edit(null);
  // The text of now, beside a history in which it is still there; and the other way round.
  poll(0, 1);
  assert.deepEqual(await world.store().read(), written);
  poll(1, 0);
  await assert.rejects(world.store().read(), LockDeletedError);
  world.edit('{"leaderTransitions":6}');
  poll(1, 0);
  assert.equal((await world.store().read()).content, '{"leaderTransitions":6}');
});

Deno.test("RestStore proves what is shown of its own writes, polled or not", async () => {
  const { world, server, store, poll } = make();
  const other = world.store();
  const seen = await store.read(PROOF);
  const won = await other.compareAndSwap(text("b", await other.read(PROOF)), seen);
  server.inject(faults.answerLost(), { kind: "write" });
  await assert.rejects(store.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
  poll(0, 1);
  assert.deepEqual(await store.read(), won);
});

/** What an answer to a write may show: text and history of any instant since the head that its writer had read. */
const ANSWERS = [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1], [0, 2], [1, 2], [2, 2]] as const;

for (const [textAt, historyAt] of ANSWERS) {
  Deno.test(`RestStore is not misled by an answer to a write with the text ${textAt} back and the history ${historyAt} back`, async (t) => {
    await t.step("where the write lost", async () => {
      const { world, server, id, store } = make();
      const other = world.store();
      const seen = await store.read(PROOF);
      const won = await other.compareAndSwap(text("b", await other.read(PROOF)), seen);
      server.inject(mixed(server, id, { text: textAt, history: historyAt }), { kind: "write" });
      const isShown = historyAt < 2;
      await assert.rejects(
        store.compareAndSwap(text("a", seen), seen),
        isShown ? LockConflictError : UnknownOutcomeError,
      );
      assert.equal((await store.read(PROOF)).version, won.version);
    });

    await t.step("where the write won, and another file was edited since", async () => {
      const { world, server, id, store } = make();
      const seen = await store.read(PROOF);
      server.inject(async (request, proceed) => {
        return await mixed(server, id, { text: textAt, history: historyAt })(
          request,
          async (options) => {
            const response = await proceed(options);
            world.editOtherFile();
            return response;
          },
        );
      }, { kind: "write" });
      const write = store.compareAndSwap(text("a", seen), seen);
      if (historyAt === 2) await assert.rejects(write, UnknownOutcomeError);
      else assert.equal((await write).content, text("a", seen));
      assert.equal((await store.read(PROOF)).content, text("a", seen));
    });
  });
}

Deno.test("RestStore believes an answer by name only where it is of that very revision", async (t) => {
  /** The newest revisions are missing from what is shown by name; the text is of then, or of now. */
  const lagging = (withText: boolean): Fault => async (_request, proceed) => {
    const answer = await (await proceed()).json();
    const files = withText ? answer.files : { [FILE]: { content: "{}" } };
    return Response.json({ ...answer, files, history: answer.history.slice(1) });
  };
  const doubtful: [what: string, fault: Fault][] = [
    ["404", faults.refused(404, "Not Found")],
    ["422", faults.validationFailed()],
    ["the history of the revision before", lagging(true)],
    ["the revision before", lagging(false)],
  ];
  for (const [what, fault] of doubtful) {
    await t.step(what, async () => {
      const { world, server, store, versions } = make();
      const seen = await store.read(PROOF);
      server.inject(fault, { kind: "read", when: isByName });
      await assert.rejects(store.compareAndSwap(text("a", seen), seen), UnknownOutcomeError);
      const [version = ""] = versions();
      const inEffect = { content: text("a", seen), version, head: version, isProven: true };
      server.inject(fault, { kind: "read", when: isByName });
      await assert.rejects(store.read(PROOF), LockUnavailableError);
      assert.deepEqual(await store.read(PROOF), inEffect);

      const reader = world.store();
      server.inject(fault, { kind: "read", when: isByName });
      await assert.rejects(reader.read(PROOF), LockUnavailableError);
      assert.deepEqual(await reader.read(PROOF), inEffect);
    });
  }
});

Deno.test("RestStore finds the head where one answer shows the text and another the history", async () => {
  const { world, server, store } = make();
  const seen = await store.read(PROOF);
  const written = await store.compareAndSwap(text("a", seen), seen);
  const shows: Fault = async (request, proceed) => {
    const response = await proceed();
    if (isByName(request) || request.url.pathname.endsWith("/commits")) return response;
    // The text of before.
    return Response.json({ files: { [FILE]: { content: "{}" } } });
  };
  server.intercept = shows;
  for (const options of [{}, PROOF]) assert.deepEqual(await world.store().read(options), written);
});

Deno.test("RestStore writes nothing on what was merely shown, unless it proves to be so", async () => {
  const made = make();
  const { server, store } = made;
  const { won } = await race(made);
  made.poll(0, 1);
  const told = await store.read();
  assert.equal(told.isProven, false);
  server.resetCounts();
  await assert.rejects(store.compareAndSwap(text("c", told), told), LockConflictError);
  assert.equal(server.counts.writes, 0);
  assert.equal((await store.read(PROOF)).version, won.version);

  const plain = make();
  const writer = plain.world.store();
  const first = await writer.read(PROOF);
  await writer.compareAndSwap(text("a", first), first);
  const shown = await plain.store.read();
  assert.equal(shown.isProven, false);
  const written = await plain.store.compareAndSwap(text("c", shown), shown);
  assert.equal(written.content, text("c", shown));
});

Deno.test("GistLock refuses a write on a record that was shown for another's, until it is read again", async () => {
  const { world, server, poll } = make();
  const [a, b, c] = [world.lock("a"), world.lock("b"), world.lock("c")];
  const seen = await a.update(held("a", 1), await getHeld(a));
  await getHeld(b);
  const held2 = await b.update(held("b", 2), seen);
  // a's release comes late, and is void.
  await assert.rejects(a.update(held("", 1), seen), LockConflictError);
  poll(0, 1);
  const told = await c.get();
  assert.equal(told?.record.holderIdentity, "");
  assert.equal(told?.version, held2.version);
  assert.equal(told?.isProven, false);
  server.resetCounts();
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(c.update(held("c", 3), held2), LockConflictError);
  }
  assert.equal(server.counts.writes, 0);
  assert.equal((await getHeld(c)).record.holderIdentity, "b");
  // Read as it is, it may be replaced.
  assert.equal((await c.update(held("c", 3), held2)).record.holderIdentity, "c");
});

Deno.test("RestStore polls with one request, and proves with one more, once for each revision", async () => {
  const { world, server, store } = make();
  const writer = world.store();
  let seen = await writer.read(PROOF);
  await store.read(PROOF);
  const cost = async (work: () => Promise<unknown>) => {
    server.resetCounts();
    await work();
    const { writes, reads, notModified } = server.counts;
    return [writes, reads, notModified];
  };
  for (let round = 0; round < 3; round++) {
    const before = seen;
    // A write: the PATCH, and its revision by name.
    const write = async () => {
      seen = await writer.compareAndSwap(text(String(round), before), before);
    };
    assert.deepEqual(await cost(write), [1, 1, 0]);
    assert.deepEqual(await cost(() => store.read()), [0, 1, 0]);
    assert.deepEqual(await cost(() => store.read()), [0, 0, 1]);
    assert.deepEqual(await cost(() => store.read(PROOF)), [0, 1, 1]);
    assert.deepEqual(await cost(() => store.read(PROOF)), [0, 0, 1]);
  }
});
