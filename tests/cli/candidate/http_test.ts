import assert from "node:assert/strict";
import { type CandidateStatus, statusOf } from "../../../cli/candidate/status.ts";
import { httpHandler, RESIGN_HEADER } from "../../../cli/candidate/http.ts";
import { metricsOf, renderPrometheus } from "../../../cli/candidate/metrics.ts";
import { VERSION } from "../../../cli/version.ts";
import { COUNTERS, STATUS } from "../../support/candidate_figures.ts";
import { PAGE_STATES } from "../../support/page_states.ts";
import { DEFAULT_TIMINGS, type ElectorStatus, type LastObserved } from "../../../elector/mod.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";

function observed(keys: Partial<LeaderElectionRecord>, age: number, own = false): LastObserved {
  const record = { ...EMPTY_RECORD, leaseDurationSeconds: 60, ...keys };
  return { record, version: "v", own, age };
}

function status(keys: Partial<ElectorStatus>): CandidateStatus {
  return statusOf({ ...STATUS, ...keys }, DEFAULT_TIMINGS);
}

const OTHER = { holderIdentity: "other", leaderTransitions: 7, acquireTime: 0 };

Deno.test("statusOf() a follower shows the leader while its lease runs, and no leader afterwards", () => {
  const since = "1970-01-01T00:00:00.000Z";
  const running = { leader: "other", token: 7, since, leaseAgeSeconds: 59.999 };
  assert.partialDeepStrictEqual(status({ observed: observed(OTHER, 59_999) }), running);
  assert.equal(status({ observed: observed(OTHER, 60_000) }).leader, null);
  // client-go writes a lease of under a second as 0; it lasts a second.
  const short = { ...OTHER, leaseDurationSeconds: 0 };
  assert.equal(status({ observed: observed(short, 999) }).leader, "other");
  assert.equal(status({ observed: observed(short, 1_000) }).leader, null);
});

Deno.test("statusOf() shows its own leadership by its term alone, never by its record", () => {
  const own = observed({ holderIdentity: "me" }, 1_000, true);
  assert.equal(status({ observed: own }).leader, null);
  const leading = { leader: "me", isLeader: true, remainingSeconds: 0.5 };
  assert.partialDeepStrictEqual(status({ observed: own, remaining: 500 }), leading);
});

Deno.test("statusOf() shows null, and never an empty name, if there is no leader", () => {
  const released = { holderIdentity: "", leaderTransitions: 7, acquireTime: 0, renewTime: 0 };
  for (const seen of [undefined, observed({}, 0), observed(released, 0)]) {
    const { leader, since } = status({ observed: seen, leader: "" });
    assert.deepEqual([leader, since], [null, null]);
  }
  assert.equal(status({ observed: observed(released, 0) }).token, 7);
  assert.equal(status({}).token, null);
});

Deno.test("statusOf() considers the store reachable while it has responded lately", () => {
  const reachable = (lastContact: number | undefined) => status({ lastContact }).storeReachable;
  // The retry period and two requests.
  assert.equal(reachable(35_000), true);
  assert.equal(reachable(35_001), false);
  assert.equal(reachable(undefined), false);
  // A candidate that polls less often, to leave the leader its share of the quota, has less contact.
  assert.equal(status({ lastContact: 45_000, pollPeriod: 30_000 }).storeReachable, true);
});

const FOLLOWS = status({ observed: observed(OTHER, 2_000) });
const LEADS: CandidateStatus = { ...FOLLOWS, isLeader: true, leader: "me", remainingSeconds: 1.5 };

function handler(status: CandidateStatus, { fault }: { fault?: Error } = {}) {
  let resigned = 0;
  const names: (string | undefined)[] = [];
  const handle = httpHandler({
    status: () => status,
    metrics: () => metricsOf(status, COUNTERS),
    page: () => ({ ...PAGE_STATES.follows, figures: status }),
    fault: () => fault,
    resign: (to) => names.push(to) > 0 && ++resigned > 0,
  });
  const ask = (path: string, init?: RequestInit, hostname = "127.0.0.1") =>
    handle(new Request(`http://127.0.0.1${path}`, init), {
      remoteAddr: { transport: "tcp", hostname, port: 1 },
    });
  return { ask, resigned: () => resigned, names };
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

Deno.test("GET / shows the status, /healthz the fault, and anything else is refused", async () => {
  assert.deepEqual(await handler(FOLLOWS).ask("/").json(), FOLLOWS);
  assert.equal(handler(FOLLOWS).ask("/healthz").status, 200);
  const ill = handler(FOLLOWS, { fault: new Error("stale") }).ask("/healthz");
  assert.equal(ill.status, 503);
  assert.equal(await ill.text(), "stale\n");
  assert.equal(handler(FOLLOWS).ask("/x").status, 404);
  assert.equal(handler(FOLLOWS).ask("/", { method: "POST" }).status, 405);
});

Deno.test("GET / is a page for a browser under its policy, and JSON for any other client", async () => {
  const { ask } = handler(LEADS);
  const browser = { accept: "text/html,*/*;q=0.8" };
  const page = ask("/", { headers: browser });
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'none'; /);
  assert.match(await page.text(), /<h1>.*me.*http-equiv|http-equiv.*<h1>.*me/s);
  const still = await ask("/?refresh=off", { headers: browser }).text();
  assert.doesNotMatch(still, /http-equiv/);
  for (const headers of [{}, { accept: "*/*" }, { accept: "application/json" }]) {
    const response = ask("/", { headers });
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("content-security-policy"), null);
    assert.equal((await response.json()).version, VERSION);
  }
  for (const path of ["/", "/leader", "/metrics", "/livez"]) {
    const { headers } = ask(path, { headers: browser });
    // A cache must not give one the other's, and a browser must not guess.
    assert.deepEqual(
      [headers.get("vary"), headers.get("x-content-type-options"), headers.get("cache-control")],
      ["accept", "nosniff", "no-store"],
    );
    assert.equal(headers.get("content-type")?.startsWith("text/html"), path === "/");
  }
});

Deno.test("GET /livez is 200 in every state of the store and the election", async () => {
  const lost: CandidateStatus = {
    ...FOLLOWS,
    storeReachable: false,
    lastError: "x",
    refusedSeconds: 99,
  };
  const { ask } = handler(lost, { fault: new Error("stale") });
  assert.equal(ask("/healthz").status, 503);
  assert.equal(ask("/livez").status, 200);
  assert.equal(await ask("/livez").text(), "ok\n");
  assert.equal(ask("/livez", { method: "HEAD" }).status, 200);
  assert.equal(ask("/livez", { method: "POST" }).status, 405);
});

Deno.test("every counter has its label sets from the start, so that the first increase counts", () => {
  const none = { ...COUNTERS, termsEnded: new Map(), requests: new Map() };
  const text = renderPrometheus(metricsOf(FOLLOWS, none));
  const labels = 'identity="me",lock="gist \\"x\\""';
  const reasons = ["expired", "lost", "stopped", "finished", "failed", "resigned", "handover"];
  for (const reason of reasons) {
    const line = `leader_election_terms_ended_total{${labels},reason="${reason}"} 0\n`;
    assert.ok(text.includes(line), reason);
  }
  const codes = [200, 304, 401, 403, 404, 409, 412, 429, 500, 502, 503, 504, "error"];
  for (const method of ["GET", "PATCH", "POST"]) {
    for (const code of codes) {
      const pair = `method="${method}",code="${code}"`;
      assert.ok(text.includes(`leader_election_store_requests_total{${labels},${pair}} 0\n`), pair);
    }
  }
  // Each set once: two lines of one set are an error for Prometheus.
  const series = renderPrometheus(metricsOf(FOLLOWS, COUNTERS)).split("\n").filter((line) =>
    line !== "" && !line.startsWith("#")
  ).map((line) => line.replace(/ \S+$/, ""));
  assert.equal(new Set(series).size, series.length);
});

Deno.test("elector_build_info is the version of deno.json", async () => {
  const { version } = JSON.parse(
    await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
  );
  assert.equal(VERSION, version);
  const text = renderPrometheus(metricsOf(FOLLOWS, COUNTERS));
  assert.ok(text.includes(`\nelector_build_info{version="${version}"} 1\n`));
});

Deno.test("POST /resign is for this machine, and not for a web page", async () => {
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

Deno.test("POST /resign hands over to the candidate that is named, and to no text that is not a name", () => {
  const { ask, names } = handler(LEADS);
  const init = { method: "POST", headers: { [RESIGN_HEADER]: "resign" } };
  assert.equal(ask("/resign", init).status, 200);
  assert.equal(ask("/resign?to=us%2Ball%20%C3%A9", init).status, 200);
  for (const to of ["", "%07", "a".repeat(129)]) {
    assert.equal(ask(`/resign?to=${to}`, init).status, 400, to);
  }
  assert.deepEqual(names, [undefined, "us+all \u00e9"]);
});

Deno.test("rank, readiness and the preferred holder are in / and, but for an observer, in the metrics", async () => {
  const asked = { rank: 2, ready: false, preferredHolder: "us" };
  const follower = status(asked);
  assert.partialDeepStrictEqual(follower, { ...asked, role: "follower" });
  assert.deepEqual([status({ ready: undefined }).ready, status({}).preferredHolder], [null, null]);
  assert.equal(status({ preferredHolder: "" }).preferredHolder, null);
  const labels = '{identity="me",lock="gist \\"x\\""}';
  const text = await handler(follower).ask("/metrics").text();
  assert.ok(text.includes(`\nleader_election_ready${labels} 0\n`));
  assert.ok(text.includes(`\nleader_election_rank${labels} 2\n`));
  const observer = statusOf({ ...STATUS, ...asked }, DEFAULT_TIMINGS, true);
  assert.deepEqual([observer.rank, observer.ready, observer.role], [null, null, "observer"]);
  const observed = await handler(observer).ask("/metrics").text();
  assert.doesNotMatch(observed, /^leader_election_(ready|rank)\{/m);
  const accept = { headers: { accept: "text/html" } };
  const page = await handler({ ...observer, leader: "eu", storeReachable: true }).ask("/", accept)
    .text();
  assert.match(page, /Observes.*asked to hand over to <b>.*us/s);
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
