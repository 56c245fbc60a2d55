import assert from "node:assert/strict";
import { type Fault, faults, GistServer } from "../gist/server/mod.ts";
import { FakeClock } from "../lock/mod.ts";

function setUp() {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ a: "0" });
  const send = (init: RequestInit, path = "") =>
    server.fetch(
      new Request(`https://api.github.com/gists/${id}${path}`, {
        ...init,
        headers: { "user-agent": "test", authorization: "Bearer local-token" },
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

Deno.test("delayed: a write that the caller gave up arrives all the same", async () => {
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
    faults.appliedTwice()(request, async (options) => {
      const response = await proceed(options);
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
