import assert from "node:assert/strict";
import { parseAddress } from "../../../cli/options/address.ts";
import { UsageError } from "../../../cli/command.ts";
import { readTimings } from "../../../cli/options/timings.ts";
import { parseDuration } from "../../../cli/options/duration.ts";
import { CommandError } from "../../../cli/errors.ts";
import { checkGrace } from "../../../cli/options/grace.ts";
import { OPTIONS, TIMING_OPTIONS } from "../../../cli/options/options.ts";
import { readOptions } from "../../../cli/options/read.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";

const NO_ENV = () => undefined;

Deno.test("parseDuration() reads amounts with units, and nothing else", () => {
  const cases: [string, number | undefined][] = [
    ["15s", 15_000],
    ["1m", 60_000],
    ["1m30s", 90_000],
    ["500ms", 500],
    ["0.5s", 500],
    ["2h", 7_200_000],
    ["0", 0],
    ["0s", 0],
    ["15", undefined],
    ["", undefined],
    ["-1s", undefined],
    ["1 s", undefined],
    ["s", undefined],
    ["1.s", undefined],
    ["1d", undefined],
    ["1sx", undefined],
    [`${"9".repeat(400)}s`, undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

Deno.test("parseAddress() stays on this machine unless told", () => {
  const cases: [string, string | undefined, number?][] = [
    ["8080", "127.0.0.1", 8080],
    [":8080", "127.0.0.1", 8080],
    ["0.0.0.0:80", "0.0.0.0", 80],
    ["[::1]:0", "::1", 0],
    ["localhost:65535", "localhost", 65535],
    ["65536", undefined],
    ["localhost", undefined],
    ["::1:80", undefined],
    ["", undefined],
    ["http://x:80", undefined],
  ];
  for (const [text, hostname, port] of cases) {
    const expected = hostname && { transport: "tcp", hostname, port };
    assert.deepEqual(parseAddress(text), expected, text);
  }
});

Deno.test("readOptions() takes the command line before the environment before the default", () => {
  const env = (name: string) => ({ GIST_ID: "fromenv", ELECTOR_POLL_PERIOD: "2s" })[name];
  const names = ["gist", "poll-period", "request-timeout", "json"] as const;
  assert.deepEqual(readOptions(names, ["--gist", "a", "--gist=b"], env), {
    gist: "b",
    "poll-period": 2_000,
    "request-timeout": DEFAULT_TIMINGS.requestTimeout,
    json: false,
  });
  assert.equal(readOptions(names, ["--json"], env).gist, "fromenv");
  assert.equal(readOptions(names, ["--json"], env).json, true);
});

Deno.test("readOptions() takes an empty variable for one that is not set", () => {
  assert.equal(readOptions(["protocol"], [], () => "").protocol, undefined);
});

Deno.test("readOptions() refuses a command line in one sentence", () => {
  const cases: [string[], RegExp][] = [
    [["--gust", "x"], /Cannot use --gust .*: see --help/],
    [["--pol", "5s"], /did you mean --poll-period\?/],
    [["stray"], /Cannot use "stray" as only options must stand here/],
    [["--gist"], /Cannot use --gist as it must have a value: --gist ID/],
    [["--poll-period=5"], /as it must be a duration such as 15s, 1m or 500ms: it is "5"/],
    [["--json=maybe"], /--json .* true or false/],
    [["--http=host"], /--http .* 127\.0\.0\.1:8080/],
    [["--protocol=ftp"], /"git" or "rest": it is "ftp"/],
    [["--limit=-1"], /integer from 0 to 1000/],
    [["--bell\x07"], /--bell\\u\{7\}/],
  ];
  const names = ["gist", "poll-period", "json", "http", "protocol", "limit"] as const;
  for (const [args, sentence] of cases) {
    assert.throws(() => readOptions(names, args, NO_ENV), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, sentence);
      return true;
    });
  }
});

Deno.test("readOptions() takes no token from the command line, and does not repeat it", () => {
  assert.throws(() => readOptions(["gist"], ["--token=ghp_secret"], NO_ENV), (error: unknown) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /set GITHUB_TOKEN, or --token-file/);
    assert.ok(!error.message.includes("secret"));
    return true;
  });
});

Deno.test("readOptions() names the variable whose value is wrong", () => {
  assert.throws(
    () => readOptions(["wait"], [], (name) => name === "ELECTOR_WAIT" ? "soon" : undefined),
    (error: unknown) =>
      error instanceof CommandError && error.exitCode === 78 &&
      error.message.startsWith("Cannot use ELECTOR_WAIT as it must be a duration"),
  );
});

Deno.test("readTimings() refuses with the names of the options", () => {
  const values = readOptions(TIMING_OPTIONS, ["--renew-deadline=59s"], NO_ENV);
  assert.throws(
    () => readTimings(values),
    (error: unknown) =>
      error instanceof CommandError && error.exitCode === 78 &&
      /^Cannot use --renew-deadline as it must be at most 95 % of --lease-duration/
        .test(error.message),
  );
});

Deno.test("OPTIONS have the defaults of the library, and one variable each", () => {
  const values = readOptions(TIMING_OPTIONS, [], NO_ENV);
  assert.deepEqual(readTimings(values), DEFAULT_TIMINGS);
  const variables = Object.values(OPTIONS).flatMap((option) => "env" in option ? [option.env] : []);
  assert.equal(new Set(variables).size, variables.length);
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (!("env" in option) || name === "gist") continue;
    assert.equal(option.env, `ELECTOR_${name.toUpperCase().replaceAll("-", "_")}`);
  }
});

Deno.test("checkGrace() leaves room for clock rates and late timers before others take over", () => {
  const timings = { ...DEFAULT_TIMINGS, leaseDuration: 60_000, renewDeadline: 40_000 };
  assert.equal(checkGrace(timings, undefined), 10_000);
  // 20 s between D and L, of which 3 s are for clock rates and 0.3 s for timers.
  assert.equal(checkGrace(timings, 16_700), 16_700);
  assert.throws(() => checkGrace(timings, 16_701), /--grace as it must be at most 16700 ms/);
  assert.equal(checkGrace({ ...timings, renewDeadline: 55_000 }, undefined), 1_700);
  assert.throws(
    () => checkGrace({ ...timings, renewDeadline: 57_000 }, undefined),
    /--lease-duration must be longer than --renew-deadline/,
  );
});
