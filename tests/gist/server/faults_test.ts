import assert from "node:assert/strict";
import { type Fault, faults, GistServer } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";

function setUp() {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ a: "0" });
  const send = (init: RequestInit, path = "", folder = "") =>
    server.fetch(
      new Request(`https://api.github.com${folder}/gists/${id}${path}`, {
        ...init,
        headers: { "user-agent": "test", authorization: "Bearer local-token", ...init.headers },
      }),
    );
  const read = (signal: AbortSignal = new AbortController().signal) => send({ signal });
  const write = (content: string, options: RequestInit = {}) =>
    send({ ...options, method: "PATCH", body: JSON.stringify({ files: { a: { content } } }) });
  const contents = () => server.revisions(id).map(({ files }) => files.a);
  return { clock, server, id, send, read, write, contents };
}

async function contentOf(response: Response): Promise<string> {
  return (await response.json()).files.a.content;
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
  const outcome = assert.rejects(write("1", { signal: caller.signal }), /given up/);
  await clock.advance(50);
  caller.abort(new Error("given up"));
  await outcome;
  assert.deepEqual(contents(), ["0"]);
  await clock.advance(50);
  assert.deepEqual(contents(), ["1", "0"]);
});

Deno.test("appliedTwice: the second copy comes after a write of somebody else's, and is answered", async () => {
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
  const { history } = await response.json();
  assert.equal(history[0].version, server.revisions(id)[0]?.version);
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
  const { clock, server, read, write, contents } = setUp();
  for (const applied of [false, true]) {
    const caller = new AbortController();
    server.inject(faults.hanging({ applied }));
    const outcome = assert.rejects(write("1", { signal: caller.signal }), /given up/);
    await clock.advance(1_000_000);
    caller.abort(new Error("given up"));
    await outcome;
    assert.deepEqual(contents(), applied ? ["1", "0"] : ["0"]);
  }
  assert.equal((await read()).status, 200);
});

Deno.test("staleRead: content, history and ETag are all of the revision before", async () => {
  const { server, id, read } = setUp();
  const before = await read();
  const [first] = server.revisions(id);
  server.editGist(id, { a: "1" });
  server.inject(faults.staleRead());

  const stale = await read();

  const { files, history } = await stale.json();
  assert.equal(files.a.content, "0");
  assert.deepEqual(history.map(({ version }: { version: string }) => version), [first?.version]);
  assert.notEqual(stale.headers.get("etag"), before.headers.get("etag"));
  assert.equal(await contentOf(await read()), "1");
});

Deno.test("staleRead: of a gist with one revision is that revision", async () => {
  const { server, read } = setUp();
  server.inject(faults.staleRead(5));
  assert.equal(await contentOf(await read()), "0");
});

Deno.test("refusals have their codes, and apply or not as they are told", async (t) => {
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
      const response = await write("1");
      await response.body?.cancel();
      assert.equal(response.status, status);
      assert.deepEqual(contents(), expected);
    });
  }
});

Deno.test("rate limit faults have the headers that go with them", async (t) => {
  const reset = String(Date.UTC(2026, 0, 2, 3, 5, 5) / 1_000);
  const cases: [name: string, fault: Fault, expected: (string | null | number)[]][] = [
    ["primary", faults.primaryRateLimit(60_000), [403, "0", reset, null]],
    ["primary 429", faults.primaryRateLimit(59_001, { status: 429 }), [429, "0", reset, null]],
    ["secondary", faults.secondaryRateLimit(), [403, null, null, null]],
    ["secondary 429", faults.secondaryRateLimit({ status: 429, retryAfter: 7 }), [
      429,
      null,
      null,
      "7",
    ]],
  ];
  for (const [name, fault, expected] of cases) {
    await t.step(name, async () => {
      const { server, write, contents } = setUp();
      server.inject(fault);
      const { status, headers, body } = await write("1");
      await body?.cancel();
      const remaining = headers.get("x-ratelimit-remaining");
      const found = [
        status,
        remaining,
        headers.get("x-ratelimit-reset"),
        headers.get("retry-after"),
      ];
      assert.deepEqual(found, expected);
      assert.equal(headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
      assert.deepEqual(contents(), ["0"]);
    });
  }
});

Deno.test("withoutHistory: a write applies, its answer has all but the history", async () => {
  const { server, write, contents } = setUp();
  server.inject(faults.withoutHistory());
  const gist = await (await write("1")).json();
  assert.equal("history" in gist, false);
  assert.equal(gist.files.a.content, "1");
  assert.deepEqual(contents(), ["1", "0"]);
});

Deno.test("giantAnswer: as many bytes as asked for, made while they are read", async () => {
  const { server, read } = setUp();
  server.inject(faults.giantAnswer(5_000_000));
  const response = await read();
  assert.equal((await response.arrayBuffer()).byteLength, 5_000_000);
});

Deno.test("redirect: says where to", async () => {
  const { server, read } = setUp();
  server.inject(faults.redirect("https://elsewhere.example/gists/1", 307));
  const response = await read();
  await response.body?.cancel();
  assert.equal(response.status, 307);
  assert.equal(response.headers.get("location"), "https://elsewhere.example/gists/1");
});

Deno.test("inject: faults meet requests in order, of their kind, as often as told", async () => {
  const { server, id, read, write, contents } = setUp();
  server.inject(faults.requestLost(), { kind: "write", times: 2 });
  server.inject(faults.serverError(), { kind: "write" });
  server.inject(faults.serverError(503), { when: ({ url }) => url.pathname === `/gists/${id}` });
  assert.equal(server.pendingFaults, 4);

  const reads = [await read(), await read()];
  await assert.rejects(write("1"), TypeError);
  await assert.rejects(write("2"), TypeError);
  const last = [await write("3"), await write("4")];
  for (const response of [...reads, ...last]) await response.body?.cancel();

  assert.deepEqual(reads.map(({ status }) => status), [503, 200]);
  assert.deepEqual(last.map(({ status }) => status), [502, 200]);
  assert.deepEqual(contents(), ["4", "0"]);
  assert.equal(server.pendingFaults, 0);
});

Deno.test("intercept: meets every request that no injected fault met, and sees what was sent", async () => {
  const { server, read, write } = setUp();
  const seen: string[] = [];
  server.intercept = (request, proceed) => {
    seen.push(`${request.method} ${new TextDecoder().decode(request.body)}`);
    return proceed();
  };
  server.inject(faults.serverError());
  for (const response of [await read(), await read(), await write("1")]) {
    await response.body?.cancel();
  }
  assert.deepEqual(seen, ["GET ", 'PATCH {"files":{"a":{"content":"1"}}}']);
});

/** A gist with the texts "0", "1" and "2", and what its answers show: its text, and the texts of the revisions listed. */
function setUpThree() {
  const world = setUp();
  const { server, id, send } = world;
  for (const a of ["1", "2"]) server.editGist(id, { a });
  const textOf = (version: string) =>
    server.revisions(id).find((revision) => revision.version === version)?.files.a;
  const versionOf = (text: string) =>
    server.revisions(id).find(({ files }) => files.a === text)?.version;
  type Entries = { version: string }[];
  const textsOf = (entries: Entries) => entries.map(({ version }) => textOf(version));
  const shown = async (response: Response) => {
    const { files, history }: { files: { a: { content: string } }; history: Entries } =
      await response.json();
    return { text: files.a.content, history: textsOf(history) };
  };
  const ask = async (path = "") => await shown(await send({}, path));
  const patch = async () => await shown(await world.write("3"));
  const list = async (query = "") => {
    const response = await send({}, `/commits${query}`);
    return { texts: textsOf(await response.json()), link: response.headers.get("link") };
  };
  return { ...world, ask, patch, list, shown, versionOf };
}

Deno.test("historyBehind: the text is newer than the history, in every kind of answer", async (t) => {
  const cases: [by: number, gist: unknown, patch: unknown, revision: unknown][] = [
    [1, { text: "2", history: ["1", "0"] }, { text: "3", history: ["2", "1", "0"] }, {
      text: "1",
      history: ["0"],
    }],
    [2, { text: "2", history: ["0"] }, { text: "3", history: ["1", "0"] }, {
      text: "1",
      history: ["0"],
    }],
    [9, { text: "2", history: ["0"] }, { text: "3", history: ["0"] }, {
      text: "1",
      history: ["0"],
    }],
  ];
  for (const [by, gist, patch, revision] of cases) {
    await t.step(`by ${by}`, async () => {
      const world = setUpThree();
      world.server.inject(faults.historyBehind(by), { times: 3 });
      assert.deepEqual(await world.ask(), gist);
      assert.deepEqual(await world.ask(`/${world.versionOf("1")}`), revision);
      assert.deepEqual(await world.patch(), patch);
      assert.deepEqual(world.contents(), ["3", "2", "1", "0"]);
    });
  }
});

Deno.test("textBehind: the text is older than the history, in every kind of answer", async (t) => {
  const cases: [by: number, gist: unknown, patch: unknown, revision: unknown][] = [
    [1, { text: "1", history: ["2", "1", "0"] }, { text: "2", history: ["3", "2", "1", "0"] }, {
      text: "1",
      history: ["2", "1", "0"],
    }],
    [2, { text: "0", history: ["2", "1", "0"] }, { text: "1", history: ["3", "2", "1", "0"] }, {
      text: "1",
      history: ["2", "1", "0"],
    }],
  ];
  for (const [by, gist, patch, revision] of cases) {
    await t.step(`by ${by}`, async () => {
      const world = setUpThree();
      world.server.inject(faults.textBehind(by), { times: 3 });
      assert.deepEqual(await world.ask(), gist);
      assert.deepEqual(await world.ask(`/${world.versionOf("1")}`), revision);
      assert.deepEqual(await world.patch(), patch);
      assert.deepEqual(world.contents(), ["3", "2", "1", "0"]);
    });
  }
});

Deno.test("an answer to a PATCH that is put together later shows what others wrote meanwhile", async (t) => {
  const cases: [name: string, fault: Fault, expected: unknown][] = [
    ["historyBehind", faults.historyBehind(1, { answerAfter: 100 }), {
      text: "rival",
      history: ["3", "2", "1", "0"],
    }],
    ["textBehind", faults.textBehind(1, { answerAfter: 100 }), {
      text: "3",
      history: ["rival", "3", "2", "1", "0"],
    }],
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
      assert.deepEqual(await shown(await answer), expected);
    });
  }
});

Deno.test("staleRead on a PATCH: the write applies, and its answer shows what it replaced", async () => {
  const { server, patch, contents } = setUpThree();
  server.inject(faults.staleRead());
  assert.deepEqual(await patch(), { text: "2", history: ["2", "1", "0"] });
  assert.deepEqual(contents(), ["3", "2", "1", "0"]);
});

Deno.test("the list of commits is behind, or ahead of what it says of its length", async () => {
  const { server, id, list } = setUpThree();
  const next = (count: number) =>
    [["next", 2], ["last", count]].map(([relation, page]) =>
      `<https://api.github.com/gists/${id}/commits?per_page=1&page=${page}>; rel="${relation}"`
    ).join(", ");

  server.inject(faults.historyBehind());
  assert.deepEqual(await list("?per_page=1"), { texts: ["1"], link: next(3) });
  server.inject(faults.textBehind());
  assert.deepEqual(await list("?per_page=1"), { texts: ["2"], link: next(2) });
  server.inject(faults.staleRead());
  assert.deepEqual(await list("?per_page=1"), { texts: ["1"], link: next(2) });
});

Deno.test("an answer made of two instants has an ETag of its own", async () => {
  const { server, read } = setUpThree();
  const etags: (string | null)[] = [];
  for (
    const fault of [undefined, faults.historyBehind(), faults.textBehind(), faults.staleRead()]
  ) {
    if (fault) server.inject(fault);
    const response = await read();
    await response.body?.cancel();
    etags.push(response.headers.get("etag"));
  }
  assert.equal(new Set(etags).size, 4);
});

Deno.test("an answer made of two instants is answered 304 to who has it, as long as it is given", async () => {
  const { server, read, send } = setUpThree();
  server.inject(faults.historyBehind(), { times: 2 });
  const mixed = await read();
  await mixed.body?.cancel();
  const headers = { "if-none-match": mixed.headers.get("etag") ?? "" };
  const statuses = [(await send({ headers })).status];
  const whole = await send({ headers });
  await whole.body?.cancel();
  assert.deepEqual([...statuses, whole.status], [304, 200]);
});

Deno.test("notYet: a revision that was just shown is not there by its name, everything else is", async (t) => {
  for (
    const [status, message] of [[404, "Not Found"], [422, "No commit found for SHA: "]] as const
  ) {
    await t.step(String(status), async () => {
      const { server, send, ask, patch, list, contents, versionOf } = setUpThree();
      server.inject(faults.notYet(status), { when: faults.asksByName, times: 2 });
      await patch();
      const version = versionOf("3");
      for (const folder of ["", "/api/v3"]) {
        const response = await send({}, `/${version}`, folder);
        assert.equal(response.status, status);
        const expected = message.endsWith(" ") ? message + version : message;
        assert.equal((await response.json()).message, expected);
      }
      assert.equal((await ask()).text, "3");
      assert.equal((await list()).texts[0], "3");
      assert.equal((await ask(`/${version}`)).text, "3");
      assert.deepEqual(contents(), ["3", "2", "1", "0"]);
      assert.equal(server.pendingFaults, 0);
    });
  }
});

Deno.test("notYet: lets through what asks for no revision by name", async () => {
  const { server, ask, patch, list } = setUpThree();
  server.inject(faults.notYet(), { times: 3 });
  assert.equal((await ask()).text, "2");
  assert.equal((await list()).texts.length, 3);
  assert.equal((await patch()).text, "3");
});
