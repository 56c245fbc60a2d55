import assert from "node:assert/strict";
import { Readiness } from "../../../cli/candidate/readiness.ts";
import { FakeClock, type Fetch } from "../../../lock/mod.ts";

const URL_OF = new URL("http://db.cluster.local:8080/ready?key=hush");
const PERIOD = 5_000;

interface Setup {
  readonly clock: FakeClock;
  readonly readiness: Readiness;
  readonly changes: (readonly [number, boolean, string | undefined])[];
  readonly requests: Request[];
  respond: Fetch;
}

function setup(respond: Fetch, period = PERIOD): Setup {
  const clock = new FakeClock();
  const changes: Setup["changes"] = [];
  const requests: Request[] = [];
  const world: Setup = {
    clock,
    changes,
    requests,
    respond,
    readiness: new Readiness({
      url: URL_OF,
      period,
      clock,
      fetch: (request) => {
        requests.push(request);
        return world.respond(request);
      },
      onChange: (isReady, reason) => changes.push([clock.monotonic(), isReady, reason]),
    }),
  };
  return world;
}

const status = (code: number) => () => Promise.resolve(new Response(null, { status: code }));
const hangs: Fetch = () => new Promise(() => {});

Deno.test("Readiness is not ready before it has asked, and asks with GET, no credentials and no redirect", async () => {
  const { readiness, requests } = setup(status(204));
  assert.equal(readiness.isReady(), false);
  await readiness.ask();
  assert.equal(readiness.isReady(), true);
  const [request] = requests;
  assert.deepEqual([request?.method, request?.url, request?.redirect], [
    "GET",
    URL_OF.href,
    "manual",
  ]);
  assert.equal(request?.headers.has("authorization"), false);
});

for (const code of [200, 201, 204, 299]) {
  Deno.test(`Readiness is ready on status ${code}`, async () => {
    const { readiness } = setup(status(code));
    await readiness.ask();
    assert.equal(readiness.isReady(), true);
  });
}

for (const code of [301, 304, 400, 401, 404, 500, 503]) {
  Deno.test(`Readiness is not ready on status ${code}`, async () => {
    const { readiness, changes } = setup(status(code));
    await readiness.ask();
    assert.equal(readiness.isReady(), false);
    assert.deepEqual(changes, [[0, false, `it responded with status ${code}`]]);
  });
}

Deno.test("Readiness does not follow a real redirect, even to a URL that is ready", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      request.url.endsWith("/ready")
        ? new Response("ok")
        : new Response(null, { status: 302, headers: { location: "/ready" } }),
  );
  const ask = async (path: string) => {
    const readiness = new Readiness({
      url: new URL(`http://127.0.0.1:${server.addr.port}${path}`),
      period: PERIOD,
      clock: new FakeClock(),
      fetch: (request) => fetch(request),
      onChange: () => {},
    });
    await readiness.ask();
    return readiness.isReady();
  };
  assert.deepEqual([await ask("/moved"), await ask("/ready")], [false, true]);
});

Deno.test("Readiness asks every period, and reports each change once", async () => {
  const world = setup(status(200));
  const stop = new AbortController();
  const running = world.readiness.run(stop.signal);
  await world.clock.advance(3 * PERIOD);
  assert.equal(world.requests.length, 4);
  world.respond = status(503);
  await world.clock.advance(2 * PERIOD);
  world.respond = status(200);
  await world.clock.advance(PERIOD);
  assert.deepEqual(world.changes, [
    [0, true, undefined],
    [4 * PERIOD, false, "it responded with status 503"],
    [6 * PERIOD, true, undefined],
  ]);
  stop.abort();
  await world.clock.advance(0);
  await running;
});

Deno.test("Readiness gives a probe up after its own time-out, though the fetch obeys no signal", async () => {
  for (const [period, timeout] of [[200, 1_000], [3_000, 3_000], [60_000, 5_000]] as const) {
    const world = setup(hangs, period);
    const asked = world.readiness.ask();
    await world.clock.advance(timeout - 1);
    assert.deepEqual(world.changes, []);
    await world.clock.advance(1);
    await asked;
    assert.deepEqual(world.changes, [[timeout, false, `it did not respond within ${timeout} ms`]]);
  }
});

Deno.test("Readiness takes no response from before a pause of the process for one of now", async () => {
  const world = setup(status(200));
  await world.readiness.ask();
  await world.clock.advance(PERIOD + 2 * PERIOD);
  assert.equal(world.readiness.isReady(), true);
  await world.clock.advance(1);
  assert.equal(world.readiness.isReady(), false);
});

Deno.test("Readiness reports why the URL cannot be reached, without the URL", async () => {
  const world = setup(() =>
    Promise.reject(
      new TypeError("fetch failed", { cause: new Error(`no route (${URL_OF.href}): refused`) }),
    )
  );
  await world.readiness.ask();
  const [[, isReady, reason] = []] = world.changes;
  assert.equal(isReady, false);
  assert.match(reason ?? "", /^it cannot be reached: .*refused$/);
  assert.ok(!reason?.includes("hush"));
});

Deno.test("Readiness that is stopped reports nothing of the probe under way", async () => {
  const world = setup(hangs);
  const stop = new AbortController();
  const running = world.readiness.run(stop.signal);
  await world.clock.advance(10);
  stop.abort();
  await running;
  assert.deepEqual(world.changes, []);
});
