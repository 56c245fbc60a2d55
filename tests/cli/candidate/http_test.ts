import assert from "node:assert/strict";
import { type Figures, figuresOf } from "../../../cli/candidate/status.ts";
import { httpHandler, RESIGN_HEADER } from "../../../cli/candidate/http.ts";
import { metricsOf, renderPrometheus } from "../../../cli/candidate/metrics.ts";
import type { Sighting } from "../../../cli/candidate/recording_lock.ts";
import { DEFAULT_TIMINGS, type ElectorStatus } from "../../../elector/mod.ts";
import { EMPTY_RECORD } from "../../../lock/mod.ts";

const STATUS: ElectorStatus = {
  identity: "me",
  role: "follower",
  leader: "other",
  token: undefined,
  remaining: 0,
  lastContact: 2_000,
  refusedFor: undefined,
  pollPeriod: 5_000,
  lastError: undefined,
  observed: undefined,
  lock: 'gist "x"',
};

function sighting(keys: Partial<Sighting["observed"]["record"]>, own = false): Sighting {
  const record = { ...EMPTY_RECORD, leaseDurationSeconds: 60, ...keys };
  return { observed: { record, version: "v", own }, at: 1_000 };
}

const OTHER = sighting({ holderIdentity: "other", leaderTransitions: 7, acquireTime: 0 });

Deno.test("figuresOf() a follower tells the leader while its lease runs, and nobody after", () => {
  const running = figuresOf(STATUS, OTHER, 60_999, DEFAULT_TIMINGS);
  assert.equal(running.leader, "other");
  assert.equal(running.token, 7);
  assert.equal(running.since, "1970-01-01T00:00:00.000Z");
  assert.equal(running.leaseAgeSeconds, 59.999);
  assert.equal(figuresOf(STATUS, OTHER, 61_000, DEFAULT_TIMINGS).leader, null);
});

Deno.test("figuresOf() tells its own leadership by its term alone, never by its record", () => {
  const own = sighting({ holderIdentity: "me" }, true);
  assert.equal(figuresOf(STATUS, own, 2_000, DEFAULT_TIMINGS).leader, null);
  const leading = figuresOf({ ...STATUS, remaining: 500 }, own, 2_000, DEFAULT_TIMINGS);
  assert.equal(leading.leader, "me");
  assert.equal(leading.isLeader, true);
  assert.equal(leading.remainingSeconds, 0.5);
});

Deno.test("figuresOf() takes the store for reachable while it has answered lately", () => {
  const reachable = (lastContact: number | undefined) =>
    figuresOf({ ...STATUS, lastContact }, undefined, 0, DEFAULT_TIMINGS).storeReachable;
  // R and two requests.
  assert.equal(reachable(35_000), true);
  assert.equal(reachable(35_001), false);
  assert.equal(reachable(undefined), false);
  // Where it polls more rarely, to leave the leader its share of the quota, it hears more rarely.
  const slow = { ...STATUS, lastContact: 45_000, pollPeriod: 30_000 };
  assert.equal(figuresOf(slow, undefined, 0, DEFAULT_TIMINGS).storeReachable, true);
});

const FOLLOWS = figuresOf(STATUS, OTHER, 3_000, DEFAULT_TIMINGS);
const LEADS: Figures = { ...FOLLOWS, isLeader: true, leader: "me", remainingSeconds: 1.5 };
const COUNTERS = {
  terms: 2,
  termsEnded: new Map([["lost", 1]]),
  leaderChanges: 3,
  errors: 4,
  requests: new Map([["GET 200", 5]]),
  logLinesDropped: 3,
};

function handler(figures: Figures, { fault }: { fault?: Error } = {}) {
  let resigned = 0;
  const handle = httpHandler({
    figures: () => figures,
    metrics: () => metricsOf(figures, COUNTERS),
    fault: () => fault,
    resign: () => ++resigned > 0,
  });
  const ask = (path: string, init?: RequestInit, hostname = "127.0.0.1") =>
    handle(new Request(`http://127.0.0.1${path}`, init), {
      remoteAddr: { transport: "tcp", hostname, port: 1 },
    });
  return { ask, resigned: () => resigned };
}

Deno.test("GET /leader is 200 on the leader and 503 elsewhere, and is never cached", async () => {
  const leads = handler(LEADS).ask("/leader");
  assert.equal(leads.status, 200);
  assert.equal(leads.headers.get("cache-control"), "no-store");
  assert.deepEqual(await leads.json(), { leader: "me", token: 7, remainingSeconds: 1.5 });
  const follows = handler(FOLLOWS).ask("/leader");
  assert.equal(follows.status, 503);
  assert.deepEqual(await follows.json(), { leader: "other" });
});

Deno.test("GET / tells the figures, /healthz the fault, and anything else is refused", async () => {
  assert.deepEqual(await handler(FOLLOWS).ask("/").json(), FOLLOWS);
  assert.equal(handler(FOLLOWS).ask("/healthz").status, 200);
  const ill = handler(FOLLOWS, { fault: new Error("stale") }).ask("/healthz");
  assert.equal(ill.status, 503);
  assert.equal(await ill.text(), "stale\n");
  assert.equal(handler(FOLLOWS).ask("/x").status, 404);
  assert.equal(handler(FOLLOWS).ask("/", { method: "POST" }).status, 405);
});

Deno.test("POST /resign is for this machine, and for no web page", async () => {
  const { ask, resigned } = handler(LEADS);
  const method = "POST";
  const headers = { [RESIGN_HEADER]: "resign" };
  assert.equal(ask("/resign", { headers }).status, 405);
  assert.equal(ask("/resign", { method }).status, 403);
  assert.equal(ask("/resign", { method, headers }, "10.0.0.1").status, 403);
  assert.equal(
    ask("/resign", { method, headers: { ...headers, origin: "http://evil" } }).status,
    403,
  );
  assert.equal(resigned(), 0);
  assert.deepEqual(await ask("/resign", { method, headers }).json(), { resigned: true });
  assert.equal(resigned(), 1);
  assert.equal(ask("/resign", { method, headers }, "::1").status, 200);
});

Deno.test("GET /metrics is Prometheus' text, with labels escaped", async () => {
  const text = await handler(LEADS).ask("/metrics").text();
  const labels = 'identity="me",lock="gist \\"x\\""';
  for (
    const line of [
      "# TYPE leader_election_leader gauge",
      `leader_election_leader{${labels}} 1`,
      `leader_election_term_remaining_seconds{${labels}} 1.5`,
      `leader_election_fencing_token{${labels}} 7`,
      "# TYPE leader_election_terms_total counter",
      `leader_election_terms_total{${labels}} 2`,
      `leader_election_terms_ended_total{${labels},reason="lost"} 1`,
      `leader_election_store_requests_total{${labels},method="GET",code="200"} 5`,
      `leader_election_log_lines_dropped_total{${labels}} 3`,
      `leader_election_writes_refused_seconds{${labels}} 0`,
      `leader_election_poll_period_seconds{${labels}} 5`,
    ]
  ) assert.ok(text.includes(`${line}\n`), line);
  const metric = { name: "x", type: "gauge" as const, help: "h" };
  const samples = [{ labels: { a: 'b\\c"d\ne' }, value: 1 }];
  assert.equal(
    renderPrometheus([{ ...metric, samples }]),
    '# HELP x h\n# TYPE x gauge\nx{a="b\\\\c\\"d\\ne"} 1\n',
  );
});
