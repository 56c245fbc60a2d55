import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { RequestCounts } from "../../../gist/server/mod.ts";
import type { DemoEvent } from "../../../cli/demo/events.ts";
import { describeRequests, formatSummary, summarize } from "../../../cli/demo/summary.ts";
import { termsOf } from "../../../cli/demo/terms.ts";
import { describeLeader, drawTimeline } from "../../../cli/demo/timeline.ts";
import { eventJson, eventLine } from "../../../cli/demo/screen.ts";
import { COLOURED, PLAIN } from "../../../cli/output/terminal.ts";
import { STORY } from "./events.ts";

const REGIONS = ["eu-west-1", "us-east-1"];
const [, US = ""] = REGIONS;
const COUNTS: RequestCounts = {
  reads: 4,
  notModified: 12,
  writes: 7,
  gitPolls: 0,
  gitFetches: 0,
  gitPushes: 0,
  refused: 0,
  bytesReceived: 1,
  bytesSent: 1,
};
const timeline = { regions: REGIONS, startedAt: 0, now: 10_400, width: 80, styles: PLAIN };

Deno.test("drawTimeline() draws a row a region and an axis in seconds", () => {
  assert.deepEqual(drawTimeline(STORY, timeline), [
    "eu-west-1  ▸·████✗░░░░     ▸··██",
    "us-east-1  ▸·············████■",
    "           0 s       5 s       10 s",
  ]);
});

Deno.test("drawTimeline() keeps the newest columns if there is too little room", () => {
  assert.deepEqual(drawTimeline(STORY, { ...timeline, width: 22 }), [
    "eu-west-1  ░     ▸··██",
    "us-east-1  ····████■",
    "           5 s       10 s",
  ]);
});

Deno.test("drawTimeline() draws no two leaders in one column unless terms overlap", () => {
  const { now } = timeline;
  for (let startedAt = 0; startedAt > -500; startedAt -= 10) {
    const [eu = "", us = ""] = drawTimeline(STORY, { ...timeline, startedAt, now });
    for (let column = 0; column < us.length; column++) {
      assert.ok(!(eu[column] === "█" && us[column] === "█"), `${startedAt}: ${column}`);
    }
  }
});

Deno.test("drawTimeline() shows a region's state in the middle of each column", () => {
  const events: DemoEvent[] = [
    { region: "eu-west-1", type: "leads", at: 600, token: 1, validUntil: 4_000 },
    { region: "eu-west-1", type: "ended", at: 1_100, token: 1, validUntil: 4_000, reason: "lost" },
  ];
  const [row] = drawTimeline(events, { ...timeline, now: 3_000 });
  assert.equal(row, "eu-west-1   █");
});

Deno.test("drawTimeline() colours by escape sequences that leave the text as it is", () => {
  const rows = drawTimeline(STORY, { ...timeline, styles: COLOURED });
  const { green, red } = COLOURED;
  assert.ok(rows[0]?.includes(green("████") + red("✗")));
  const bare = rows.map((row) => stripVTControlCharacters(row).trimEnd());
  assert.deepEqual(bare, drawTimeline(STORY, timeline));
});

Deno.test("describeLeader() names the leader, or why there is none", () => {
  const at = (now: number) => {
    const events = STORY.filter((event) => event.at <= now);
    return describeLeader(events, { now, styles: PLAIN });
  };
  assert.equal(at(900), "no leader yet");
  assert.equal(at(2_500), "eu-west-1 has led for 1.5 s with fencing token 1");
  assert.equal(at(5_000), "no leader for 2 s: the lease of eu-west-1 has to expire first");
  assert.equal(at(9_202), "no leader for 0.2 s: us-east-1 has released the lock");
});

Deno.test("eventLine() is a sentence with the time since the start", () => {
  assert.deepEqual(STORY.slice(2, 6).map((event) => eventLine(event, 0, PLAIN)), [
    "   1.0 s  eu-west-1 leads with fencing token 1",
    undefined,
    "   3.0 s  eu-west-1 is killed with SIGKILL and cannot release the lock",
    "   3.0 s  eu-west-1 is gone: SIGKILL",
  ]);
});

Deno.test("eventLine() escapes text from a candidate", () => {
  const message = "a\x1b]0;title\x07b\n";
  assert.equal(
    eventLine({ region: "a", type: "failed", at: 12_340, message }, 0, PLAIN),
    "  12.3 s  a reports a failure: a\\u{1b}]0;title\\u{7}b\\u{a}",
  );
});

Deno.test("eventJson() has ISO 8601 times", () => {
  assert.deepEqual(
    eventJson({ region: "a", type: "leads", at: 1_000, token: 1, validUntil: 4_500 }),
    {
      time: "1970-01-01T00:00:01.000Z",
      region: "a",
      type: "leads",
      token: 1,
      validUntil: "1970-01-01T00:00:04.500Z",
    },
  );
});

Deno.test("formatSummary() shows terms, failovers next to their bounds, requests and overlap", () => {
  const terms = termsOf(STORY.slice(0, -1));
  const summary = summarize(terms, { crash: 9_600, release: 2_500 }, COUNTS, []);
  assert.deepEqual(formatSummary(summary, PLAIN), [
    "Terms",
    "  token 1  eu-west-1  led for 2 s    then was killed",
    "  token 2  us-east-1  led for 2.0 s  then stopped",
    "",
    "Failovers",
    "  eu-west-1 → us-east-1  took 4 s  bound 9.6 s  after eu-west-1 was killed",
    "",
    "Requests",
    "    7  writes",
    "   12  polls with a 304, which GitHub does not charge",
    "    4  polls charged",
    "",
    "Overlap of terms",
    "  none, by the candidates' records; a killed one counts until its last recorded deadline",
    "",
    "All guarantees were kept; no process is left running.",
  ]);
});

Deno.test("formatSummary() lists what was broken, including failures of the demo itself", () => {
  const terms = termsOf(STORY.slice(0, -1));
  const summary = summarize(terms, { crash: 3_999, release: 0 }, COUNTS, ["a did not end"]);
  assert.deepEqual(formatSummary(summary, PLAIN).slice(-2), [
    "Broken: The failover from eu-west-1 to us-east-1 took 4000 ms, more than 3999 ms",
    "Broken: a did not end",
  ]);
});

Deno.test("describeRequests() lists the kinds that occurred", () => {
  const none = { ...COUNTS, reads: 0, notModified: 0, writes: 0 };
  assert.deepEqual(describeRequests(none), []);
  assert.deepEqual(describeRequests({ ...none, gitPushes: 2, gitPolls: 100, refused: 1 }), [
    "  2  writes by git push",
    "100  polls of git's refs, which GitHub does not charge",
    "  1  of these refused",
  ]);
  const statuses = { 200: 12, 304: 5, 403: 1, 412: 2 };
  assert.deepEqual(describeRequests({ reads: 12, writes: 8, statuses }), [
    "  8  writes",
    " 12  polls",
    "  5  of these with a 304, as there was nothing new",
    "  3  refused, most of them to probe the bucket",
  ]);
});

Deno.test("a planned handover is drawn, described, and bounded as a release", () => {
  const events: DemoEvent[] = [
    { region: "us-east-1", type: "joined", at: 0, pid: 1, lock: "gist" },
    { region: "eu-west-1", type: "joined", at: 0, pid: 2, lock: "gist" },
    { region: "us-east-1", type: "leads", at: 500, token: 1, validUntil: 9_000 },
    { region: "us-east-1", type: "asked", at: 2_100, to: "eu-west-1" },
    { region: US, type: "ended", at: 3_000, token: 1, validUntil: 9_000, reason: "handover" },
    { region: "eu-west-1", type: "leads", at: 3_500, token: 2, validUntil: 9_000 },
  ];
  assert.deepEqual(drawTimeline(events, { ...timeline, now: 4_500 }), [
    "eu-west-1  ▸······██",
    "us-east-1  ▸███»█···",
    "           0 s",
  ]);
  const asked = events.slice(3, 4).map((event) => eventLine(event, 0, PLAIN));
  assert.deepEqual(asked, ["   2.1 s  us-east-1 is asked to hand over to eu-west-1"]);
  const summary = summarize(termsOf(events), { crash: 9_600, release: 400 }, COUNTS, []);
  assert.equal(summary.failovers[0]?.bound, 400);
  assert.match(
    formatSummary(summary, PLAIN).join("\n"),
    /took 0.5 s +bound 0.4 s +by a planned handover/,
  );
  assert.match(summary.broken.join(), /took 500 ms, more than 400 ms/);
});
