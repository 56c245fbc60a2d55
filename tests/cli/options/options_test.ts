import assert from "node:assert/strict";
import {
  OPTIONS,
  PREFERENCE_OPTIONS,
  RUN_OPTIONS,
  TIMING_OPTIONS,
} from "../../../cli/options/options.ts";
import { readPreference } from "../../../cli/options/preference.ts";
import { openLock } from "../../../cli/options/lock.ts";
import { readOptions } from "../../../cli/options/read.ts";
import {
  checkGrace,
  configError,
  readRunTimings,
  readTimings,
} from "../../../cli/options/timings.ts";
import { durationText, parseAddress, parseDuration } from "../../../cli/options/values.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { refusal } from "./refusal.ts";

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

Deno.test("durationText() is what parseDuration() reads", () => {
  for (const ms of [0, 1, 500, 1_500, 15_000, 60_000]) {
    assert.equal(parseDuration(durationText(ms)), ms);
  }
});

Deno.test("parseAddress() stays on this machine by default", () => {
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

Deno.test("readOptions() treats an empty variable as not set", () => {
  assert.equal(readOptions(["protocol"], [], () => "").protocol, undefined);
});

Deno.test("readOptions() refuses a command line in one sentence", () => {
  const cases: [string[], string | RegExp][] = [
    [["--gust", "x"], "No option --gust here: did you mean --gist?"],
    [["--pol", "5s"], "No option --pol here: did you mean --poll-period?"],
    [["--pool-preiod=5s"], "No option --pool-preiod here: did you mean --poll-period?"],
    [["--nonsense"], "No option --nonsense here: see --help"],
    [["stray"], 'Arguments must be options, got "stray": see --help'],
    [["--"], 'Arguments must be options, got "--": see --help'],
    [["--gist"], "No value for --gist: use --gist ID"],
    [["--poll-period=5"], '--poll-period must be a duration such as 15s, 1m or 500ms, got "5"'],
    [["--json=maybe"], '--json must be 1 or 0, true or false, got "maybe"'],
    [["--http=host"], '--http must be a port, or an address such as 127.0.0.1:8080, got "host"'],
    [["--protocol=ftp"], '--protocol must be "git" or "rest", got "ftp"'],
    [["--store=disk"], '--store must be "gist" or "bucket", got "disk"'],
    [["--limit=-1"], '--limit must be an integer from 1 to 1000, got "-1"'],
    [["--limit=0"], '--limit must be an integer from 1 to 1000, got "0"'],
    [["--candidates=0"], '--candidates must be an integer from 1 to 1000, got "0"'],
    [["--bell\x07"], /--bell\\u\{7\}/],
  ];
  const names = [
    ...["gist", "poll-period", "json", "http", "protocol", "store", "limit", "candidates"] as const,
  ];
  for (const [args, sentence] of cases) {
    const [message, exitCode] = refusal(() => readOptions(names, args, NO_ENV));
    assert.equal(exitCode, 64);
    if (typeof sentence === "string") assert.equal(message, sentence);
    else assert.match(message, sentence);
  }
});

Deno.test("readOptions() takes no access token from the command line, and does not repeat it", () => {
  const [message, exitCode] = refusal(() => readOptions(["gist"], ["--token=ghp_secret"], NO_ENV));
  assert.equal(exitCode, 64);
  assert.match(message, /set GITHUB_TOKEN, or use --token-file/);
  assert.ok(!message.includes("secret"));
});

Deno.test("readOptions() names the variable whose value is invalid", () => {
  const env = (name: string) => name === "ELECTOR_WAIT" ? "soon" : undefined;
  assert.deepEqual(refusal(() => readOptions(["wait"], [], env)), [
    'ELECTOR_WAIT must be a duration such as 15s, 1m or 500ms, got "soon"',
    78,
  ]);
});

Deno.test("readTimings() and readRunTimings() name the option or the variable that set each value", () => {
  const values = readOptions(TIMING_OPTIONS, ["--renew-deadline=59s"], NO_ENV);
  const [message, exitCode] = refusal(() => readTimings(values));
  assert.equal(exitCode, 78);
  assert.match(message, /--renew-deadline .*must be at most 95 % of --lease-duration/);
  const env = (name: string) => ({ ELECTOR_LEASE_DURATION: "62s" })[name];
  const mixed = readOptions(RUN_OPTIONS, ["--renew-deadline=59s"], env);
  assert.match(
    refusal(() => readTimings(mixed))[0],
    /--renew-deadline .*must be at most 95 % of ELECTOR_LEASE_DURATION/,
  );
  const graces = (name: string) => ({ ELECTOR_GRACE: "1m" })[name];
  const [grace] = refusal(() => readRunTimings(readOptions(RUN_OPTIONS, [], graces)));
  assert.match(grace, /^ELECTOR_GRACE must be at most 16\.7 s, .*, got 60 s: raise --lease/);
});

Deno.test("configError() names the address that is wrong by its option", () => {
  for (const [name, option] of [["baseUrl", "--api-url"], ["gitBaseUrl", "--git-url"]] as const) {
    const error = configError({}, new RangeError(`${name} must be https`));
    assert.equal((error as Error).message, `${option} must be https`);
  }
});

Deno.test("readPreference() takes rank, failback and readiness from options and variables", () => {
  const read = (args: string[], env: Record<string, string> = {}) =>
    readPreference(readOptions(PREFERENCE_OPTIONS, args, (name) => env[name]), 60_000);
  assert.deepEqual(read([]), { rank: 0, failback: Infinity, readyGrace: 60_000 });
  const env = { ELECTOR_RANK: "2", ELECTOR_FAILBACK: "10m", ELECTOR_READY_GRACE: "5s" };
  assert.deepEqual(read([], env), { rank: 2, failback: 600_000, readyGrace: 5_000 });
  assert.deepEqual(read(["--rank=9", "--no-failback", "--ready-grace=0"], env), {
    rank: 9,
    failback: Infinity,
    readyGrace: 0,
  });
  assert.deepEqual(refusal(() => read(["--failback=59s"])), [
    "--failback must be at least --lease-duration (60000) in milliseconds, got 59000",
    78,
  ]);
  assert.match(refusal(() => read([], { ELECTOR_FAILBACK: "0" }))[0], /^ELECTOR_FAILBACK must be/);
  for (const rank of ["10", "-1", "1.5", "x"]) {
    assert.equal(
      refusal(() => read([`--rank=${rank}`]))[0],
      `--rank must be an integer from 0 to 9, got "${rank}"`,
    );
  }
});

Deno.test("--ready-url is an http or https URL, and is never quoted", () => {
  const read = (url: string) => readOptions(["ready-url"], [`--ready-url=${url}`], NO_ENV);
  assert.equal(
    read("http://db.cluster.local/x?y")["ready-url"]?.href,
    "http://db.cluster.local/x?y",
  );
  for (const url of ["db:80", "ftp://db/", "http://me@db/", "http://me:hush@db/", "/ready", ""]) {
    assert.equal(
      refusal(() => read(url))[0],
      "--ready-url must be an http or https URL without a user name, got something else",
    );
  }
});

Deno.test("--to is a name", () => {
  const read = (to: string) => readOptions(["to"], ["--to", to], NO_ENV);
  assert.equal(read("us-east-1").to, "us-east-1");
  assert.match(refusal(() => read(""))[0], /^--to must be a name of 1 to 128 characters/);
  assert.match(refusal(() => read("a".repeat(129)))[0], /^--to must be a name/);
});

Deno.test("openLock() names the option or the variable of what the gist's rules refuse", () => {
  const names = ["gist", "file", "protocol", "token-file", "api-url", "git-url"] as const;
  const open = (args: string[], env: Record<string, string>) => () => {
    const path = Deno.makeTempFileSync();
    try {
      Deno.writeTextFileSync(path, "ghp_token");
      const all = [`--token-file=${path}`, ...args];
      return openLock(readOptions(names, all, (name) => env[name]));
    } finally {
      Deno.removeSync(path);
    }
  };
  assert.match(refusal(open([], { GIST_ID: "../x" }))[0], /^GIST_ID must be /);
  assert.match(refusal(open(["--gist=../x"], {}))[0], /^--gist must be /);
  assert.match(refusal(open(["--gist=abc", "--file=a/b"], {}))[0], /^--file must be /);
  assert.match(
    refusal(open(["--gist=abc"], { ELECTOR_API_URL: "nonsense" }))[0],
    /ELECTOR_API_URL/,
  );
  assert.match(refusal(open([], {}))[0], /^No gist: set GIST_ID, or use --gist ID/);
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
  assert.throws(
    () => checkGrace(timings, 16_701),
    /--grace must be at most 16\.7 s, .*, got 16\.701 s/,
  );
  assert.equal(checkGrace({ ...timings, renewDeadline: 55_000 }, undefined), 1_700);
  assert.throws(
    () => checkGrace({ ...timings, renewDeadline: 57_000 }, undefined),
    /^CommandError: --lease-duration must be at least 5 % and 300 ms longer than --renew-deadline/,
  );
});
