import assert from "node:assert/strict";
import { describeHistory } from "../../cli/commands/history.ts";
import { describePlan } from "../../cli/commands/plan.ts";
import { summaryLine } from "../../cli/check/report.ts";
import { describeRequests } from "../../cli/demo/summary.ts";
import { leadershipOf } from "../../cli/candidate/status.ts";
import { openStore } from "../../cli/options/lock.ts";
import { LOCK_OPTIONS } from "../../cli/options/options.ts";
import { readOptions, withChanges } from "../../cli/options/read.ts";
import { checkGrace, configured, readPollPeriod } from "../../cli/options/timings.ts";
import { planLine, planOf } from "../../cli/output/cost.ts";
import { describeChange } from "../../cli/output/leadership.ts";
import { pastElection } from "../../cli/output/past_terms.ts";
import { formatSeconds, PLAIN, plural } from "../../cli/output/terminal.ts";
import { BucketStore } from "../../bucket/mod.ts";
import { DEFAULT_TIMINGS } from "../../elector/mod.ts";
import { gistStore } from "../../gist/mod.ts";
import { EMPTY_RECORD, formatRecord } from "../../lock/mod.ts";
import { GistCheckWorld } from "./check/check_world.ts";

const HOUR = 3_600_000;

/** A plan in which each count is one. */
const ONCE_AN_HOUR = { ...DEFAULT_TIMINGS, retryPeriod: HOUR, pollPeriod: HOUR / 0.9 };

const CONTENT = formatRecord({ ...EMPTY_RECORD, holderIdentity: "eu", leaderTransitions: 1 });
const REVISION = { version: "1", committedAt: 0, content: CONTENT, isInEffect: true };
const NONE = { writes: 0, reads: 0, notModified: 0, refused: 0, bytesReceived: 0, bytesSent: 0 };

Deno.test("plural() is the noun as it stands after a count", () => {
  const nouns =
    ([[0, "write"], [1, "write"], [2, "poll"], ["1", "fetch"], ["1.5", "fetch"]] as const)
      .map(([count, noun]) => plural(count, noun));
  assert.deepEqual(nouns, ["writes", "write", "polls", "fetch", "fetches"]);
});

Deno.test("one of something has no plural in any line", async () => {
  const history = describeHistory(pastElection([REVISION]), 1, 80, PLAIN).join("\n");
  assert.match(history, / 1 write, the last so far\n\n1 revision, 0 void;/);
  assert.match(
    planLine(planOf(ONCE_AN_HOUR, 2, "rest")),
    /^rest: 1 write, 3 charged .* and 1 poll an hour/,
  );
  assert.match(planLine(planOf(ONCE_AN_HOUR, 1, "git")), /0 polls an hour with 1 candidate;/);
  assert.equal(describePlan(planOf(ONCE_AN_HOUR, 1, "git"), 0, PLAIN)[0], "1 candidate by git");
  assert.match(
    describeChange(leadershipOf(undefined, 0), 0, PLAIN, 1),
    /\(1 earlier line not written\)/,
  );
  const failed = { name: "a", ok: false, message: "", exitCode: 1 };
  assert.match(summaryLine([failed], PLAIN), /: 1 of 1 check failed$/);
  const git = { ...NONE, gitPushes: 1, gitPolls: 1, gitFetches: 1 };
  assert.deepEqual(
    [
      ...describeRequests({ ...NONE, ...git, writes: 1, reads: 1, notModified: 1 }),
      ...describeRequests({ writes: 1, reads: 1, statuses: {} }),
    ]
      .map((line) => line.trim().split(/ +/).slice(0, 2).join(" ")),
    ["1 write", "1 poll", "1 poll", "1 write", "1 poll", "1 fetch", "1 write", "1 poll"],
  );
  const world = new GistCheckWorld("rest");
  const said = (await world.run({ candidates: 1 })).get("quota").message;
  assert.match(said, /1 candidate needs 480 requests an hour/);
});

Deno.test("formatSeconds() rounds nothing", () => {
  assert.deepEqual([0, 300, 1_500, 16_700, 90_000].map(formatSeconds), [
    "0 s",
    "0.3 s",
    "1.5 s",
    "16.7 s",
    "90 s",
  ]);
});

Deno.test("a grace period that does not fit is named in seconds, as it was set", () => {
  const timings = { ...DEFAULT_TIMINGS, leaseDuration: 60_000, renewDeadline: 40_000 };
  assert.throws(
    () => checkGrace(timings, 16_701),
    /^CommandError: --grace must be at most 16\.7 s, .*, got 16\.701 s: raise/,
  );
  assert.throws(
    () => checkGrace({ ...timings, renewDeadline: 57_500 }, undefined),
    /^CommandError: --lease-duration must be at least 5 % .* got 60 s and 57\.5 s$/,
  );
});

/** The message of what is thrown. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "nothing was refused";
}

/** The options of a lock from a command line and variables. */
function read(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return readOptions(LOCK_OPTIONS, args, (name) => env[name]);
}

Deno.test("an access token that cannot be one is not taken for the option --token", () => {
  const open = () => gistStore({ id: "0123456789abcdef0123", token: "a b" });
  assert.match(refusal(() => configured({}, open)), /^The access token must be visible ASCII/);
});

Deno.test("a bucket without a region asks for the option --region", () => {
  const environment = { get: () => undefined, readFile: () => Promise.reject(new Error("none")) };
  const open = () => new BucketStore({ url: "s3://bucket/key", environment });
  const message = refusal(() => configured({}, open));
  assert.equal(message, "No region: set --region, or AWS_REGION");
});

Deno.test("withChanges() keeps which variable set a value", () => {
  const values = read(["--region=eu-central-1"], { ELECTOR_ENDPOINT: "ftp://x" });
  const changed = withChanges(values, { lock: "s3://bucket/key" });
  assert.match(refusal(() => openStore(changed)), /^ELECTOR_ENDPOINT must be https/);
});

Deno.test("a poll period of 0 is refused by the name of its option, not with a stack", () => {
  const message = refusal(() => readPollPeriod({ "poll-period": 0 }));
  assert.match(message, /^--poll-period must be more than 0 ms, got 0$/);
});
