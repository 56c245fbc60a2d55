import assert from "node:assert/strict";
import { surveyCandidates, type SurveyedCandidate } from "../../../cli/candidate/survey.ts";
import { describeSurvey, isSound, surveyJson } from "../../../cli/output/survey.ts";
import { PLAIN } from "../../../cli/output/terminal.ts";
import { readOptions } from "../../../cli/options/read.ts";
import { FakeClock, type Fetch } from "../../../lock/mod.ts";

const EU = {
  identity: "eu",
  lock: "gist abcd…/x by git",
  role: "leader",
  isLeader: true,
  leader: "eu",
  token: 7,
  storeReachable: true,
  lastError: null,
  refusedSeconds: null,
  version: "0.2.0",
};
const US = { ...EU, identity: "us", role: "follower", isLeader: false };

/** Asks hosts of the given responses: JSON, a whole response, or none at all. */
async function survey(hosts: Record<string, unknown>, sent: Request[] = []) {
  const clock = new FakeClock();
  const fetch: Fetch = (request) => {
    sent.push(request);
    const reply = hosts[new URL(request.url).hostname];
    if (reply === "hangs") return new Promise(() => {});
    if (reply instanceof Error) return Promise.reject(reply);
    return Promise.resolve(reply instanceof Response ? reply : Response.json(reply));
  };
  const urls = Object.keys(hosts).map((host) => `http://${host}/`);
  const asked = surveyCandidates(urls, { fetch, clock, timeout: 5_000 });
  await clock.advance(5_000);
  return await asked;
}

async function only(reply: unknown): Promise<SurveyedCandidate> {
  const [candidate] = await survey({ one: reply });
  assert.ok(candidate);
  return candidate;
}

Deno.test("surveyCandidates() lists who is alive and able, in the given order", async () => {
  const sent: Request[] = [];
  const found = await survey({ a: US, b: EU, c: "hangs", d: new Error("refused ghp_x") }, sent);
  assert.deepEqual(found.map(({ alive, able }) => [alive, able]), [
    [true, true],
    [true, true],
    [false, false],
    [false, false],
  ]);
  assert.deepEqual(found.map(({ identity }) => identity), ["us", "eu", null, null]);
  assert.deepEqual(found.map(({ reason }) => reason), [
    null,
    null,
    "no response within 5000 ms",
    "cannot be reached",
  ]);
  assert.ok(sent.every(({ headers }) => headers.get("accept") === "application/json"));
  assert.equal(sent.find(({ url }) => url === "http://c/")?.signal.aborted, true);
});

for (
  const [what, keys, reason] of [
    [
      "refused writes",
      { refusedSeconds: 3, lastError: "no scope" },
      "its writes are refused: no scope",
    ],
    ["refused writes just now", { refusedSeconds: 0 }, "its writes are refused"],
    [
      "an unreachable store",
      { storeReachable: false, lastError: "503" },
      "it does not reach the store: 503",
    ],
    ["an unknown store", { storeReachable: undefined }, "it does not reach the store"],
    ["a workload that is not ready", { ready: false }, "its workload is not ready"],
    ["a candidate that stops", { role: "stopping" }, 'its role is "stopping"'],
    ["a candidate that is idle", { role: "idle" }, 'its role is "idle"'],
  ] as const
) {
  Deno.test(`surveyCandidates() says that ${what} is alive and not able`, async () => {
    const { alive, able, reason: found } = await only({ ...US, ...keys });
    assert.deepEqual([alive, able, found], [true, false, reason]);
  });
}

Deno.test("surveyCandidates() takes a failure that is over, or of reading, for able", async () => {
  assert.equal((await only({ ...US, lastError: "timed out", ready: true })).able, true);
});

Deno.test("surveyCandidates() does not take anything else for a candidate", async () => {
  const others = [
    new Response("<html>", { headers: { "content-type": "text/html" } }),
    new Response("x".repeat(100_000)),
    new Response(null, { status: 503 }),
    new Response(null, { status: 302, headers: { location: "http://elsewhere/" } }),
    new Response(""),
    null,
    [],
    "text",
    7,
    {},
    { identity: 1, role: 2 },
    { identity: "", role: "leader" },
  ];
  for (const other of others) {
    const { alive, able, reason } = await only(other);
    assert.deepEqual([alive, able], [false, false]);
    assert.match(reason ?? "", /^not a candidate/);
  }
});

Deno.test("describeSurvey() shows texts of candidates escaped, and cut", async () => {
  const hostile = {
    ...US,
    identity: "eu\x1b[2J\nus",
    leader: "x\u202e".repeat(500),
    lastError: "\r",
    refusedSeconds: 1,
  };
  const lines = describeSurvey(await survey({ a: hostile, b: EU }), PLAIN);
  assert.ok(
    lines.every((line) => !/[\p{Cc}\u202e]/u.test(line) && line.length < 400),
    lines.join("|"),
  );
  assert.match(lines[0] ?? "", /^eu\\u\{1b\}\[2J\\u\{a\}us {2}not able/);
});

Deno.test("describeSurvey() sums up", async () => {
  const summary = async (hosts: Record<string, unknown>) => {
    const found = await survey(hosts);
    return [isSound(found), describeSurvey(found, PLAIN).slice(-1)[0]];
  };
  assert.deepEqual(await summary({ a: EU, b: US }), [true, "2 of 2 alive and able; eu leads"]);
  assert.deepEqual(await summary({ a: US }), [false, "1 of 1 alive and able; none of them leads"]);
  assert.deepEqual(await summary({ a: EU, b: "hangs" }), [
    false,
    "1 of 2 alive and able; eu leads",
  ]);
  assert.deepEqual(await summary({ a: EU, b: { ...EU, identity: "us" } }), [
    false,
    "2 of 2 alive and able; several say that they lead: eu, us",
  ]);
  assert.deepEqual(await summary({ a: EU, b: { ...US, lock: "another" } }), [
    false,
    "They do not take part in one election: gist abcd…/x by git, another",
  ]);
});

Deno.test("surveyJson() has the same keys for every candidate", async () => {
  const json = surveyJson(await survey({ a: EU, b: "hangs" }));
  const [one, two] = json.candidates as Record<string, unknown>[];
  assert.deepEqual(Object.keys(one ?? {}).sort(), Object.keys(two ?? {}).sort());
  assert.deepEqual([json.leaders, json.sound], [["eu"], false]);
  assert.deepEqual([one?.identity, one?.responseSeconds, two?.responseSeconds], ["eu", 0, null]);
});

Deno.test("--candidates of `status` takes addresses, and quotes none that it refuses", () => {
  const read = (text: string) =>
    readOptions(["candidate-urls"], [`--candidates=${text}`], () => undefined)["candidate-urls"];
  assert.deepEqual(read("10.0.0.1:4040, https://eu.example.com/elector/,[::1]:4040"), [
    "http://10.0.0.1:4040/",
    "https://eu.example.com/elector/",
    "http://[::1]:4040/",
  ]);
  assert.deepEqual(read("a:1,http://a:1/,A:1,b:1"), ["http://a:1/", "http://b:1/"]);
  const many = Array(200).fill("a:1").join();
  for (const text of ["", "a,,b", "ftp://a", "http://me:secret@a", "http://", many]) {
    assert.throws(
      () => read(text),
      /^CommandError: --candidates must be up to 100 addresses .*, got something else$/,
    );
  }
});
