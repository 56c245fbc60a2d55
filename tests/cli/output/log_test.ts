import assert from "node:assert/strict";
import { openLog } from "../../../cli/options/log.ts";
import { LOG_OPTIONS } from "../../../cli/options/options.ts";
import { readOptions } from "../../../cli/options/read.ts";
import { formatLogLine, isLogged } from "../../../cli/output/log.ts";

Deno.test("formatLogLine() is one line for people, with the time in UTC, and JSON for programs", () => {
  const line = {
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    event: "leads",
    text: "a\nb",
    fields: { token: 1 },
  };
  assert.equal(formatLogLine(line, false), "2026-01-02T03:04:05Z elector: a\\u{a}b");
  assert.equal(
    formatLogLine(line, true),
    '{"time":"2026-01-02T03:04:05.678Z","event":"leads","message":"a\\nb","token":1}',
  );
  assert.match(formatLogLine({ ...line, dropped: 2 }, false), /could not be written: 2\)$/);
  assert.equal(JSON.parse(formatLogLine({ ...line, dropped: 2 }, true)).linesDropped, 2);
});

Deno.test("a quiet log has failures and changes of leadership only, a verbose one has all", () => {
  const LEADERSHIP = ["leads", "ended", "leader", "ending"];
  const FAILURES = ["error", "unavailable", "not acquired", "refused", "unended", "unstartable"];
  const REST = ["plan", "limit", "wait", "listening", "command ended"];
  const DETAILS = ["request", "role"];
  for (const event of [...LEADERSHIP, ...FAILURES, "keeper", "campaigner", "of a later version"]) {
    for (const verbosity of ["quiet", "normal", "verbose"] as const) {
      assert.equal(isLogged(event, verbosity), true, event);
    }
  }
  for (const event of REST) {
    assert.deepEqual([isLogged(event, "quiet"), isLogged(event, "normal")], [false, true], event);
  }
  for (const event of DETAILS) {
    assert.deepEqual([isLogged(event, "normal"), isLogged(event, "verbose")], [false, true]);
    assert.equal(isLogged(event, "quiet"), false);
  }
});

Deno.test("openLog() refuses to be quiet and verbose at once", () => {
  const env: Record<string, string> = { ELECTOR_QUIET: "1" };
  const read = (args: string[]) => readOptions(LOG_OPTIONS, args, (name) => env[name]);
  openLog(read([]));
  assert.throws(
    () => openLog(read(["--verbose"])),
    /^CommandError: Cannot be quiet and verbose at once: use ELECTOR_QUIET or --verbose$/,
  );
});
