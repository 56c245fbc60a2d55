import assert from "node:assert/strict";
import { type DemoEvent, parseCandidateLine } from "../../../cli/demo/events.ts";
import {
  brokenGuarantees,
  type DemoTerm,
  failoversOf,
  overlapOf,
  termsOf,
} from "../../../cli/demo/terms.ts";
import { STORY } from "./events.ts";

const BOUNDS = { crash: 4_000, release: 400 };

function term(part: Partial<DemoTerm>): DemoTerm {
  const until = part.until ?? 1_000;
  return { region: "a", token: 1, since: 0, until, vacantAt: until, end: "stopped", ...part };
}

Deno.test("termsOf() lets a killed leader's term last until its last recorded deadline", () => {
  assert.deepEqual(termsOf(STORY)[0], {
    region: "eu-west-1",
    token: 1,
    since: 1_000,
    until: 5_500,
    vacantAt: 3_000,
    end: "killed",
  });
});

Deno.test("termsOf() ends a stopped leader's term at its own record, and leaves the last one open", () => {
  assert.deepEqual(termsOf(STORY).slice(1), [
    { region: "us-east-1", token: 2, since: 7_000, until: 9_002, vacantAt: 9_002, end: "stopped" },
    {
      region: "eu-west-1",
      token: 3,
      since: 9_400,
      until: Infinity,
      vacantAt: Infinity,
      end: undefined,
    },
  ]);
});

Deno.test("termsOf() ends an expired term at its deadline, however late that is recorded", () => {
  const events: DemoEvent[] = [
    { region: "a", type: "leads", at: 0, token: 1, validUntil: 3_500 },
    { region: "a", type: "ended", at: 9_000, token: 1, validUntil: 4_500, reason: "expired" },
  ];
  assert.deepEqual(termsOf(events), [term({ until: 4_500, end: "expired" })]);
});

Deno.test("termsOf() considers a leader that vanished crashed from when it was found gone", () => {
  const events: DemoEvent[] = [
    { region: "a", type: "leads", at: 0, token: 1, validUntil: 3_500 },
    { region: "b", type: "signalled", at: 500, signal: "SIGKILL" },
    { region: "a", type: "exited", at: 2_000, how: "exit code 1" },
  ];
  assert.deepEqual(termsOf(events), [term({ until: 3_500, vacantAt: 2_000, end: "crashed" })]);
});

Deno.test("termsOf() sorts by the start of the term, not by when its record arrived", () => {
  const events: DemoEvent[] = [
    { region: "a", type: "leads", at: 700, token: 2, validUntil: 900 },
    { region: "b", type: "leads", at: 300, token: 1, validUntil: 900 },
  ];
  assert.deepEqual(termsOf(events).map(({ token }) => token), [1, 2]);
});

Deno.test("overlapOf() sums the overlap of each pair of terms, which is 0 where they touch", () => {
  const touching = [term({ until: 1_000 }), term({ since: 1_000, until: 2_000 })];
  assert.equal(overlapOf(touching), 0);
  const nested = [
    term({ until: 1_000 }),
    term({ since: 200, until: 300 }),
    term({ since: 900, until: 1_500 }),
  ];
  assert.equal(overlapOf(nested), 200);
});

Deno.test("failoversOf() counts from the kill, or from the end of the term, and picks the bound", () => {
  assert.deepEqual(failoversOf(termsOf(STORY), BOUNDS), [
    { from: "eu-west-1", to: "us-east-1", cause: "killed", took: 4_000, bound: 4_000 },
    { from: "us-east-1", to: "eu-west-1", cause: "stopped", took: 398, bound: 400 },
  ]);
});

Deno.test("brokenGuarantees() finds nothing if all were kept, to the last millisecond", () => {
  assert.deepEqual(brokenGuarantees(termsOf(STORY), BOUNDS), []);
});

Deno.test("brokenGuarantees() finds overlap, a token that does not rise, a late failover, no leader", () => {
  const overlapping = [
    term({ until: 1_000 }),
    term({ region: "b", token: 2, since: 999.5, until: 2_000 }),
  ];
  assert.deepEqual(brokenGuarantees(overlapping, BOUNDS), [
    "Two terms were valid at once, for 1 ms",
  ]);
  const equalTokens = [term({}), term({ region: "b", since: 1_100, until: 2_000 })];
  assert.deepEqual(brokenGuarantees(equalTokens, BOUNDS), [
    "The fencing token did not rise: b has 1 after 1",
  ]);
  const late = [term({}), term({ region: "b", token: 2, since: 1_401, until: 2_000 })];
  assert.deepEqual(brokenGuarantees(late, BOUNDS), [
    "The failover from a to b took 401 ms, more than 400 ms",
  ]);
  assert.deepEqual(brokenGuarantees([], BOUNDS), ["No candidate ever led"]);
});

Deno.test("parseCandidateLine() reports anything but a record as a failure, escaped", () => {
  const record = '{"type":"leads","at":5,"token":1,"validUntil":9}';
  assert.deepEqual(parseCandidateLine(record, 7), {
    type: "leads",
    at: 5,
    token: 1,
    validUntil: 9,
  });
  for (const line of ["error: \x1b[31mboom", "null", "{}", '{"type":"leads"}']) {
    assert.deepEqual(parseCandidateLine(line, 7), {
      type: "failed",
      at: 7,
      message: line.replace("\x1b", "\\u{1b}"),
    });
  }
});
