import assert from "node:assert/strict";
import { Transport, type TransportOptions } from "../../../store/http/transport.ts";
import { MAX_ANSWER_BYTES } from "../../../store/http/response_body.ts";
import { type Fetch, LockUnavailableError, RateLimitError } from "../../../lock/mod.ts";
import { CountingClock } from "../../support/counting_clock.ts";

const URL_A = "https://a.example/x";

function make(fetch: Fetch, options: Partial<TransportOptions> = {}) {
  const clock = new CountingClock();
  return { clock, transport: new Transport({ fetch, clock, requestTimeout: 10_000, ...options }) };
}

const get = { method: "GET", url: URL_A };

Deno.test("Transport sends the request with its authorization and reads the response", async () => {
  const sent: Request[] = [];
  const { clock, transport } = make((request) => {
    sent.push(request);
    return Promise.resolve(new Response("hello", { status: 404, headers: { "x-y": "z" } }));
  }, { authorization: "Bearer t" });
  const answer = await transport.send({
    method: "PATCH",
    url: URL_A,
    headers: { "a-b": "c" },
    body: "{}",
  });
  const text = new TextDecoder().decode(answer.body);
  assert.deepEqual([answer.status, answer.headers.get("x-y"), text], [404, "z", "hello"]);
  const [request] = sent;
  assert.deepEqual([request?.method, request?.redirect], ["PATCH", "manual"]);
  assert.partialDeepStrictEqual(Object.fromEntries(request?.headers ?? []), {
    authorization: "Bearer t",
    "a-b": "c",
  });
  assert.equal(await request?.text(), "{}");
  await clock.advance(0);
  assert.equal(clock.asleep, 0);
});

Deno.test("Transport aborts a request at its timeout, even if fetch ignores the signal", async (t) => {
  const hanging: [name: string, fetch: Fetch][] = [
    ["that obeys the signal", (request) =>
      new Promise((_, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
      })],
    ["that ignores the signal", () => new Promise(() => {})],
    ["whose body hangs", () => Promise.resolve(new Response(new ReadableStream()))],
  ];
  for (const [name, fetch] of hanging) {
    await t.step(`a fetch ${name}`, async () => {
      const { clock, transport } = make(fetch);
      const errors: unknown[] = [];
      transport.send(get).catch((error) => errors.push(error));
      await clock.advance(9_999);
      assert.equal(errors.length, 0);
      await clock.advance(1);
      const [error] = errors;
      assert.ok(error instanceof LockUnavailableError);
      assert.match(error.message, /^Cannot reach a\.example: no response within 10000 ms$/);
      assert.equal(clock.asleep, 0);
    });
  }
});

Deno.test("Transport aborts a request when its caller does, with the caller's reason", async () => {
  const { clock, transport } = make(() => new Promise(() => {}));
  const caller = new AbortController();
  const sent = transport.send({ ...get, signal: caller.signal });
  sent.catch(() => {});
  await clock.advance(5);
  caller.abort("given up");
  await assert.rejects(sent, (reason) => reason === "given up");
  await clock.advance(0);
  assert.equal(clock.asleep, 0);
});

Deno.test("Transport notices an abort while the request is being sent", async () => {
  const caller = new AbortController();
  const { transport } = make(() => {
    caller.abort("given up");
    return new Promise(() => {});
  });
  const sent = transport.send({ ...get, signal: caller.signal });
  await assert.rejects(sent, (reason) => reason === "given up");
});

Deno.test("Transport sends nothing if the caller's signal has aborted", async () => {
  let sent = 0;
  const { transport } = make(() => {
    sent++;
    return Promise.resolve(new Response());
  });
  const signal = AbortSignal.abort("given up");
  await assert.rejects(transport.send({ ...get, signal }), (reason) => reason === "given up");
  assert.equal(sent, 0);
});

Deno.test("Transport refuses redirects and names their target", async () => {
  const targets: [location: string | undefined, named: RegExp][] = [
    ["https://evil.example/steal", /from a\.example to "evil\.example"/],
    ["//evil.example:8443/", /to "evil\.example:8443"/],
    ["/elsewhere", /to "a\.example"/],
    ["https://user:pw@evil.example/", /to "evil\.example"/],
    ["https://[", /to an invalid address/],
    [undefined, /to an invalid address/],
  ];
  for (const status of [301, 302, 307, 308]) {
    for (const [location, named] of targets) {
      let sent = 0;
      const { transport } = make(() => {
        sent++;
        const headers = new Headers(location === undefined ? {} : { location });
        return Promise.resolve(new Response("moved", { status, headers }));
      });
      await assert.rejects(transport.send(get), (error) => {
        return error instanceof LockUnavailableError && named.test(error.message);
      });
      assert.equal(sent, 1);
    }
  }
});

Deno.test("Transport returns a 304", async () => {
  const { transport } = make(() => Promise.resolve(new Response(null, { status: 304 })));
  assert.equal((await transport.send(get)).status, 304);
});

Deno.test("Transport reads a response up to its limit, and not a chunk further", async () => {
  for (const [bytes, isRead] of [[MAX_ANSWER_BYTES, true], [MAX_ANSWER_BYTES + 1, false]]) {
    let [pulled, isCancelled] = [0, false];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const left = Number(bytes) - pulled;
        if (left <= 0 && isRead) return controller.close();
        const chunk = new Uint8Array(left > 0 ? Math.min(left, 65_536) : 1);
        pulled += chunk.length;
        controller.enqueue(chunk);
      },
      cancel: () => void (isCancelled = true),
    });
    const { transport } = make(() => Promise.resolve(new Response(body)));
    if (isRead) assert.equal((await transport.send(get)).body.length, bytes);
    else await assert.rejects(transport.send(get), /must be at most 4194304 bytes long/);
    assert.equal(isCancelled, !isRead);
    assert.ok(pulled < MAX_ANSWER_BYTES + 200_000);
  }
});

Deno.test("Transport reads a short body at once, but only where its length is certain", async () => {
  const length = { "content-length": "5" };
  const rows: [headers: Record<string, string>, url: string, isAtOnce: boolean][] = [
    [length, URL_A, true],
    [{ "content-length": "65536" }, URL_A, true],
    [{ "content-length": "65537" }, URL_A, false],
    [{}, URL_A, false],
    [{ "content-length": "-5" }, URL_A, false],
    [{ "content-length": "" }, URL_A, false],
    // Nobody holds a response that was made in this process to what it says.
    [length, "", false],
    [{ ...length, "content-encoding": "gzip" }, URL_A, true],
    [{ "content-length": "4065", "content-encoding": "gzip" }, URL_A, false],
    [{ ...length, "content-encoding": "br" }, URL_A, false],
    [{ ...length, "content-encoding": "gzip, gzip" }, URL_A, false],
  ];
  for (const [headers, url, isAtOnce] of rows) {
    const response = new Response("hello", { headers });
    let calls = 0;
    const arrayBuffer = () => {
      calls++;
      return Response.prototype.arrayBuffer.call(response);
    };
    Object.defineProperties(response, { url: { value: url }, arrayBuffer: { value: arrayBuffer } });
    const { transport } = make(() => Promise.resolve(response));
    const { body } = await transport.send(get);
    assert.equal(new TextDecoder().decode(body), "hello");
    assert.equal(calls, isAtOnce ? 1 : 0, JSON.stringify([headers, url]));
  }
});

Deno.test("Transport refuses a body that grows beyond its limit as it is decoded", async () => {
  for (const encoding of ["gzip", "br"]) {
    // The least that gzip makes of as many zeros; br needs far fewer.
    const headers = { "content-encoding": encoding, "content-length": "4065" };
    const response = new Response(new Uint8Array(MAX_ANSWER_BYTES + 1), { headers });
    Object.defineProperty(response, "url", { value: URL_A });
    const { transport } = make(() => Promise.resolve(response));
    await assert.rejects(transport.send(get), /must be at most 4194304 bytes long/);
  }
});

Deno.test("Transport reports why a request failed, without secrets and without text that may hide them", async () => {
  const messages: [thrown: unknown, kept: RegExp][] = [
    [new TypeError("connection refused"), /^Cannot reach a\.example: connection refused$/],
    [
      new TypeError("no such path /s3cret/"),
      /^Cannot reach a\.example: no such path \/\[secret\]\/$/,
    ],
    [new TypeError('bad header "Authorization: Bearer s3c\\u0072et"'), /\(withheld/],
    [new TypeError("basic eDpzM2NyZXQ= is wrong"), /\(withheld/],
    ["s3cret\u001b[2J", /: \[secret\]\\u\{1b\}\[2J$/],
  ];
  for (const [thrown, kept] of messages) {
    const { transport } = make(() => Promise.reject(thrown), { secrets: ["s3cret"] });
    await assert.rejects(transport.send(get), (error) => {
      assert.ok(error instanceof LockUnavailableError);
      assert.match(error.message, kept);
      assert.doesNotMatch(Deno.inspect(error), /s3cret|s3c\\+u0072et|eDpz/);
      return true;
    });
  }
});

Deno.test("Transport sends nothing until a rate limit ends", async () => {
  const refusals = [
    new Response("", { status: 429, headers: { "retry-after": "30" } }),
    new Response("", { status: 200 }),
  ];
  let sent = 0;
  const { clock, transport } = make(() => Promise.resolve(refusals[sent++] ?? new Response()));
  await clock.advance(1_000);
  const limited = (error: unknown) => error instanceof RateLimitError && error.retryAt === 31_000;
  await assert.rejects(transport.send(get), limited);
  await assert.rejects(transport.send(get), limited);
  await clock.advance(29_999);
  clock.stepWall(3_600_000);
  await assert.rejects(transport.send(get), limited);
  assert.equal(sent, 1);
  await clock.advance(1);
  assert.equal((await transport.send(get)).status, 200);
  assert.equal(sent, 2);
});

Deno.test("Transport waits for the longer of two rate limits", async () => {
  const waits = ["100", "10"];
  const { transport } = make(() => {
    const headers = { "retry-after": waits.shift() ?? "" };
    return Promise.resolve(new Response("", { status: 403, headers }));
  });
  const both = await Promise.allSettled([transport.send(get), transport.send(get)]);
  for (const result of both) {
    assert.ok(result.status === "rejected" && result.reason instanceof RateLimitError);
    assert.equal(result.reason.retryAt, 100_000);
    assert.match(
      result.reason.message,
      /^Cannot send to a\.example for another 100 s: it limits requests/,
    );
  }
});

Deno.test("Transport aborts a request's signal when it is given up, and never after its response", async () => {
  const sent: Request[] = [];
  let isHanging = false;
  const { clock, transport } = make((request) => {
    sent.push(request);
    return isHanging ? new Promise(() => {}) : Promise.resolve(new Response("ok"));
  });
  const caller = new AbortController();
  await transport.send({ ...get, signal: caller.signal });
  await clock.advance(60_000);
  isHanging = true;
  const overdue = transport.send({ ...get, signal: caller.signal });
  overdue.catch(() => {});
  await clock.advance(10_000);
  await assert.rejects(overdue, LockUnavailableError);
  const abandoned = transport.send({ ...get, signal: caller.signal });
  caller.abort("given up");
  await assert.rejects(abandoned, (reason) => reason === "given up");
  // `Network` drops its connections on an abort: a later one would drop healthy ones.
  assert.deepEqual(sent.map(({ signal }) => signal.aborted), [false, true, true]);
});

Deno.test("Transport reports that a write during a pause had no effect", async () => {
  let sent = 0;
  const { transport } = make(() => {
    sent++;
    return Promise.resolve(new Response("", { status: 503, headers: { "retry-after": "30" } }));
  });
  const post = { ...get, method: "POST" };
  const rows = [
    [post, "UnknownOutcomeError"],
    [post, "RateLimitError"],
    [{ ...get, isWrite: true }, "RateLimitError"],
    [get, "LockUnavailableError"],
    [{ ...post, isWrite: false }, "LockUnavailableError"],
  ] as const;
  for (const [request, name] of rows) {
    await assert.rejects(transport.send(request), { name, retryAt: 30_000 });
  }
  assert.equal(sent, 1);
});
