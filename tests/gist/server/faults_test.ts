import assert from "node:assert/strict";
import { type Fault, faults, GistServer } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { type Ask, ask, requestOf, write as edit } from "./ask.ts";

function setUp() {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ a: "0" });
  const send = (options: Ask = {}, path = "", folder = "") =>
    ask(server, `${folder}/gists/${id}${path}`, options);
  const write = (content: string, signal?: AbortSignal) =>
    send({ ...edit(content), ...(signal && { signal }) });
  const contents = () => server.revisions(id).map(({ files }) => files.a);
  return { clock, server, id, send, write, contents };
}

Deno.test("requestLost: the caller fails and nothing is written", async () => {
  const { server, write, contents } = setUp();
  server.inject(faults.requestLost());
  await assert.rejects(write("1"), TypeError);
  assert.deepEqual(contents(), ["0"]);
  assert.equal(server.counts.writes, 0);
});

Deno.test("answerLost: the caller fails and the write is there", async () => {
  const { server, write, contents } = setUp();
  server.inject(faults.answerLost());
  await assert.rejects(write("1"), TypeError);
  assert.deepEqual(contents(), ["1", "0"]);
});

Deno.test("delayed: the request arrives, and the answer comes back, at exact instants", async () => {
  const { clock, server, write, contents } = setUp();
  server.inject(faults.delayed(100, 50));
  let answered = false;
  const outcome = write("1").then((response) => {
    answered = true;
    return response;
  });
  await clock.advance(99);
  assert.deepEqual(contents(), ["0"]);
  await clock.advance(1);
  assert.deepEqual(contents(), ["1", "0"]);
  await clock.advance(49);
  assert.equal(answered, false);
  await clock.advance(1);
  assert.equal(answered, true);
  assert.equal((await outcome).status, 200);
});

Deno.test("delayed: a write that the caller gave up arrives anyway", async () => {
  const { clock, server, write, contents } = setUp();
  const caller = new AbortController();
  server.inject(faults.delayed(100));
  const outcome = assert.rejects(write("1", caller.signal), /given up/);
  await clock.advance(50);
  caller.abort(new Error("given up"));
  await outcome;
  assert.deepEqual(contents(), ["0"]);
  await clock.advance(50);
  assert.deepEqual(contents(), ["1", "0"]);
});

Deno.test("appliedTwice: the second copy comes after another's write, and is answered", async () => {
  const { server, id, write, contents } = setUp();
  server.inject((request, proceed, clock) =>
    faults.appliedTwice()(request, async () => {
      const response = await proceed();
      if (server.counts.writes === 1) server.editGist(id, { a: "other" });
      return response;
    }, clock)
  );
  const response = await write("1");
  assert.deepEqual(contents(), ["1", "other", "1", "0"]);
  assert.equal(response.json.history[0].version, server.revisions(id)[0]?.version);
  assert.equal(server.counts.writes, 2);
});

Deno.test("appliedLate: the caller fails now, the write comes later", async () => {
  const { clock, server, id, write, contents } = setUp();
  server.inject(faults.appliedLate(1_000));
  await assert.rejects(write("late"), TypeError);
  server.editGist(id, { a: "between" });
  await clock.advance(999);
  assert.deepEqual(contents(), ["between", "0"]);
  await clock.advance(1);
  assert.deepEqual(contents(), ["late", "between", "0"]);
});

Deno.test("hanging: no answer until the caller gives up, with or without effect", async () => {
  const { clock, server, send, write, contents } = setUp();
  for (const applied of [false, true]) {
    const caller = new AbortController();
    server.inject(faults.hanging({ applied }));
    const outcome = assert.rejects(write("1", caller.signal), /given up/);
    await clock.advance(1_000_000);
    caller.abort(new Error("given up"));
    await outcome;
    assert.deepEqual(contents(), applied ? ["1", "0"] : ["0"]);
  }
  assert.equal((await send()).status, 200);
});

Deno.test("staleRead: content, history and ETag are all of the revision before", async () => {
  const { server, id, send } = setUp();
  const before = await send();
  const [first] = server.revisions(id);
  server.editGist(id, { a: "1" });
  server.inject(faults.staleRead());

  const stale = await send();

  const { files, history } = stale.json;
  assert.equal(files.a.content, "0");
  assert.deepEqual(history.map(({ version }: { version: string }) => version), [first?.version]);
  assert.notEqual(stale.headers.get("etag"), before.headers.get("etag"));
  assert.equal((await send()).json.files.a.content, "1");
});

Deno.test("staleRead: of a gist with one revision is that revision", async () => {
  const { server, send } = setUp();
  server.inject(faults.staleRead(5));
  assert.equal((await send()).json.files.a.content, "0");
});

Deno.test("refusals have their codes, and apply or not as their options say", async (t) => {
  const cases: [name: string, fault: Fault, status: number, contents: string[]][] = [
    ["conflict", faults.conflict(), 409, ["0"]],
    ["conflict, applied", faults.conflict({ applied: true }), 409, ["1", "0"]],
    ["validationFailed", faults.validationFailed(), 422, ["0"]],
    ["validationFailed, applied", faults.validationFailed({ applied: true }), 422, ["1", "0"]],
    ["serverError", faults.serverError(), 502, ["0"]],
    ["serverError 500, applied", faults.serverError(500, { applied: true }), 500, ["1", "0"]],
    ["refused", faults.refused(404, "Not Found"), 404, ["0"]],
    ["htmlAnswer", faults.htmlAnswer(), 200, ["0"]],
  ];
  for (const [name, fault, status, expected] of cases) {
    await t.step(name, async () => {
      const { server, write, contents } = setUp();
      server.inject(fault);
      assert.equal((await write("1")).status, status);
      assert.deepEqual(contents(), expected);
    });
  }
});

Deno.test("rate limit faults have the headers that go with them", async (t) => {
  const reset = String(Date.UTC(2026, 0, 2, 3, 5, 5) / 1_000);
  type Found = [
    status: number,
    remaining: string | null,
    reset: string | null,
    after: string | null,
  ];
  const { primaryRateLimit, secondaryRateLimit } = faults;
  const cases: [name: string, fault: Fault, expected: Found][] = [
    ["primary", primaryRateLimit(60_000), [403, "0", reset, null]],
    ["primary 429", primaryRateLimit(59_001, { status: 429 }), [429, "0", reset, null]],
    ["secondary", secondaryRateLimit(), [403, null, null, null]],
    ["429", secondaryRateLimit({ status: 429, retryAfter: 7 }), [429, null, null, "7"]],
  ];
  const names = ["x-ratelimit-remaining", "x-ratelimit-reset", "retry-after"];
  for (const [name, fault, expected] of cases) {
    await t.step(name, async () => {
      const { server, write, contents } = setUp();
      server.inject(fault);
      const { status, headers } = await write("1");
      assert.deepEqual([status, ...names.map((header) => headers.get(header))], expected);
      assert.equal(headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
      assert.deepEqual(contents(), ["0"]);
    });
  }
});

Deno.test("withoutHistory: a write applies, its answer has all but the history", async () => {
  const { server, write, contents } = setUp();
  server.inject(faults.withoutHistory());
  const gist = (await write("1")).json;
  assert.equal("history" in gist, false);
  assert.equal(gist.files.a.content, "1");
  assert.deepEqual(contents(), ["1", "0"]);
});

Deno.test("giantAnswer: as many bytes as asked for, made while they are read", async () => {
  const { server, id } = setUp();
  server.inject(faults.giantAnswer(5_000_000));
  const response = await server.fetch(requestOf(`/gists/${id}`));
  assert.equal((await response.arrayBuffer()).byteLength, 5_000_000);
});

Deno.test("redirect: says where to", async () => {
  const { server, send } = setUp();
  server.inject(faults.redirect("https://elsewhere.example/gists/1", 307));
  const { status, headers } = await send();
  assert.equal(status, 307);
  assert.equal(headers.get("location"), "https://elsewhere.example/gists/1");
});

Deno.test("inject: faults are applied to requests in order, of their kind, as often as set", async () => {
  const { server, id, send, write, contents } = setUp();
  server.inject(faults.requestLost(), { kind: "write", times: 2 });
  server.inject(faults.serverError(), { kind: "write" });
  server.inject(faults.serverError(503), { when: ({ url }) => url.pathname === `/gists/${id}` });
  assert.equal(server.pendingFaults, 4);

  const reads = [await send(), await send()];
  await assert.rejects(write("1"), TypeError);
  await assert.rejects(write("2"), TypeError);
  const last = [await write("3"), await write("4")];

  assert.deepEqual(reads.map(({ status }) => status), [503, 200]);
  assert.deepEqual(last.map(({ status }) => status), [502, 200]);
  assert.deepEqual(contents(), ["4", "0"]);
  assert.equal(server.pendingFaults, 0);
});

Deno.test("intercept: meets every request that no injected fault met, and sees what was sent", async () => {
  const { server, send, write } = setUp();
  const seen: string[] = [];
  server.intercept = (request, proceed) => {
    seen.push(`${request.method} ${new TextDecoder().decode(request.body)}`);
    return proceed();
  };
  server.inject(faults.serverError());
  await send();
  await send();
  await write("1");
  assert.deepEqual(seen, ["GET ", 'PATCH {"files":{"a":{"content":"1"}}}']);
});

/**
 * A gist with the texts "0", "1" and "2", and what its answers show: its text, and after a colon the texts of the revisions
 * listed.
 */
function setUpThree() {
  const world = setUp();
  const { server, id, send } = world;
  for (const a of ["1", "2"]) server.editGist(id, { a });
  const textOf = (version: string) =>
    server.revisions(id).find((revision) => revision.version === version)?.files.a;
  const versionOf = (text: string) =>
    server.revisions(id).find(({ files }) => files.a === text)?.version;
  const textsOf = (entries: { version: string }[]) =>
    entries.map(({ version }) => textOf(version)).join(" ");
  type Answer = ReturnType<typeof send>;
  const shown = async (answer: Answer) => {
    const { files, history } = (await answer).json;
    return `${files.a.content}: ${textsOf(history)}`;
  };
  const show = (path = "") => shown(send({}, path));
  const patch = () => shown(world.write("3"));
  const list = async (query = "") => {
    const { json, headers } = await send({}, `/commits${query}`);
    return { texts: textsOf(json), link: headers.get("link") };
  };
  return { ...world, show, patch, list, shown, versionOf };
}

type Shown = [by: number, gist: string, patch: string, revision: string][];
const MIXED: [name: string, behind: (by: number) => Fault, cases: Shown][] = [
  ["historyBehind: the text is newer than the history", faults.historyBehind, [
    [1, "2: 1 0", "3: 2 1 0", "1: 0"],
    [2, "2: 0", "3: 1 0", "1: 0"],
    [9, "2: 0", "3: 0", "1: 0"],
  ]],
  ["textBehind: the text is older than the history", faults.textBehind, [
    [1, "1: 2 1 0", "2: 3 2 1 0", "1: 2 1 0"],
    [2, "0: 2 1 0", "1: 3 2 1 0", "1: 2 1 0"],
  ]],
];

for (const [name, behind, cases] of MIXED) {
  Deno.test(`${name}, in every kind of answer`, async (t) => {
    for (const [by, gist, patch, revision] of cases) {
      await t.step(`by ${by}`, async () => {
        const world = setUpThree();
        world.server.inject(behind(by), { times: 3 });
        assert.equal(await world.show(), gist);
        assert.equal(await world.show(`/${world.versionOf("1")}`), revision);
        assert.equal(await world.patch(), patch);
        assert.deepEqual(world.contents(), ["3", "2", "1", "0"]);
      });
    }
  });
}

Deno.test("an answer to a PATCH that is put together later shows what others wrote meanwhile", async (t) => {
  const later = { answerAfter: 100 };
  const cases: [name: string, fault: Fault, expected: string][] = [
    ["historyBehind", faults.historyBehind(1, later), "rival: 3 2 1 0"],
    ["textBehind", faults.textBehind(1, later), "3: rival 3 2 1 0"],
  ];
  for (const [name, fault, expected] of cases) {
    await t.step(name, async () => {
      const { clock, server, id, write, contents, shown } = setUpThree();
      server.inject(fault, { kind: "write" });
      const answer = write("3");
      await clock.advance(99);
      assert.deepEqual(contents(), ["3", "2", "1", "0"]);
      server.editGist(id, { a: "rival" });
      await clock.advance(1);
      assert.equal(await shown(answer), expected);
    });
  }
});

Deno.test("staleRead on a PATCH: the write applies, and its answer shows what it replaced", async () => {
  const { server, patch, contents } = setUpThree();
  server.inject(faults.staleRead());
  assert.equal(await patch(), "2: 2 1 0");
  assert.deepEqual(contents(), ["3", "2", "1", "0"]);
});

Deno.test("the list of commits is behind, or ahead of what it says of its length", async () => {
  const { server, id, list } = setUpThree();
  const next = (count: number) =>
    [["next", 2], ["last", count]].map(([relation, page]) =>
      `<https://api.github.com/gists/${id}/commits?per_page=1&page=${page}>; rel="${relation}"`
    ).join(", ");

  server.inject(faults.historyBehind());
  assert.deepEqual(await list("?per_page=1"), { texts: "1", link: next(3) });
  server.inject(faults.textBehind());
  assert.deepEqual(await list("?per_page=1"), { texts: "2", link: next(2) });
  server.inject(faults.staleRead());
  assert.deepEqual(await list("?per_page=1"), { texts: "1", link: next(2) });
});

Deno.test("an answer made of two instants has an ETag of its own", async () => {
  const { server, send } = setUpThree();
  const etags = [(await send()).headers.get("etag")];
  for (const fault of [faults.historyBehind(), faults.textBehind(), faults.staleRead()]) {
    server.inject(fault);
    etags.push((await send()).headers.get("etag"));
  }
  assert.equal(new Set(etags).size, 4);
});

Deno.test("an answer made of two instants is answered 304 to who has it, as long as it is given", async () => {
  const { server, send } = setUpThree();
  server.inject(faults.historyBehind(), { times: 2 });
  const mixed = await send();
  const headers = { "if-none-match": mixed.headers.get("etag") ?? "" };
  assert.equal((await send({ headers })).status, 304);
  assert.equal((await send({ headers })).status, 200);
});

Deno.test("notYet: a revision that was just shown is not there by its name, everything else is", async (t) => {
  for (const status of [404, 422] as const) {
    await t.step(String(status), async () => {
      const { server, send, show, patch, list, contents, versionOf } = setUpThree();
      server.inject(faults.notYet(status), { when: faults.asksByName, times: 2 });
      await patch();
      const version = versionOf("3");
      const message = status === 404 ? "Not Found" : `No commit found for SHA: ${version}`;
      for (const folder of ["", "/api/v3"]) {
        const response = await send({}, `/${version}`, folder);
        assert.deepEqual([response.status, response.json.message], [status, message]);
      }
      assert.equal(await show(), "3: 3 2 1 0");
      assert.equal((await list()).texts, "3 2 1 0");
      assert.equal(await show(`/${version}`), "3: 3 2 1 0");
      assert.deepEqual(contents(), ["3", "2", "1", "0"]);
      assert.equal(server.pendingFaults, 0);
    });
  }
});

Deno.test("notYet: lets through what asks for no revision by name", async () => {
  const { server, show, patch, list } = setUpThree();
  server.inject(faults.notYet(), { times: 3 });
  assert.equal(await show(), "2: 2 1 0");
  assert.equal((await list()).texts, "2 1 0");
  assert.equal(await patch(), "3: 3 2 1 0");
});
