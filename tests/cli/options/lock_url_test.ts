import assert from "node:assert/strict";
import { BUCKET_TIMINGS, BucketLock } from "../../../bucket/mod.ts";
import { EXIT } from "../../../cli/exit_codes.ts";
import { openLock, planStoreOf } from "../../../cli/options/lock.ts";
import { parseLock } from "../../../cli/options/lock_url.ts";
import { RUN_OPTIONS } from "../../../cli/options/options.ts";
import { readOptions } from "../../../cli/options/read.ts";
import { readRunTimings, readTimings } from "../../../cli/options/timings.ts";
import { commandEnv } from "../../../cli/run/child.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { refusal } from "./refusal.ts";

const S3 = "s3://locks/a.json";
const GIST = "0123456789abcdef0123456789abcdef";

function read(args: readonly string[], env: Record<string, string> = {}) {
  return readOptions(RUN_OPTIONS, args, (name) => env[name]);
}

Deno.test("parseLock() reads the address of an object, and of a gist", () => {
  for (const url of [S3, "gs://locks/a/b.json", "az://account/locks/a.json"]) {
    assert.equal(parseLock(url), url);
  }
  assert.equal(parseLock(`gist:${GIST}`), `gist:${GIST}`);
  assert.equal(parseLock(`gist:https://gist.github.com/me/${GIST}`), `gist:${GIST}`);
  for (const text of ["", "s3:/a/b", "https://a/b", "gist:", "gist:../x", GIST, "S3://a/b"]) {
    assert.equal(parseLock(text), undefined, text);
  }
});

const CHOICES: readonly [
  args: string[],
  env: Record<string, string>,
  chosen: { lock?: string; gist?: string },
][] = [
  [["--lock", S3], {}, { lock: S3 }],
  [[], { ELECTOR_LOCK: S3 }, { lock: S3 }],
  [["--lock", S3], { GIST_ID: GIST }, { lock: S3 }],
  [["--lock", S3], { GIST_ID: "not a gist!" }, { lock: S3 }],
  [["--gist", GIST], { ELECTOR_LOCK: S3 }, { gist: GIST }],
  [["--gist", GIST], { ELECTOR_LOCK: "nonsense" }, { gist: GIST }],
  [["--lock", "gs://locks/b"], { ELECTOR_LOCK: S3 }, { lock: "gs://locks/b" }],
  [["--lock", `gist:${GIST}`], { ELECTOR_LOCK: S3, GIST_ID: "abc" }, { gist: GIST }],
  [[], { ELECTOR_LOCK: `gist:${GIST}` }, { gist: GIST }],
  [[], { GIST_ID: GIST }, { gist: GIST }],
  [[], {}, {}],
];

for (const [args, env, { lock, gist }] of CHOICES) {
  Deno.test(`of ${args.join(" ") || "nothing"} and ${JSON.stringify(env)}, ${lock ?? gist ?? "nothing"} is the lock`, () => {
    const values = read(args, env);
    assert.deepEqual({ lock: values.lock, gist: values.gist }, { lock, gist });
  });
}

Deno.test("two locks on the command line, and two in the environment, are refused", () => {
  assert.deepEqual(refusal(() => read(["--lock", S3, "--gist", GIST])), [
    "--lock and --gist name two locks: use one of them",
    EXIT.usage,
  ]);
  assert.deepEqual(refusal(() => read([], { ELECTOR_LOCK: S3, GIST_ID: GIST })), [
    "ELECTOR_LOCK and GIST_ID name two locks: unset one of them",
    EXIT.config,
  ]);
});

Deno.test("what is no address of a lock is refused, and not quoted", () => {
  const [message, exitCode] = refusal(() => read(["--lock", "https://a/b?sig=SECRET"]));
  assert.match(message, /^--lock must be s3:\/\/BUCKET\/KEY, .* or gist:ID, got something else$/);
  assert.equal(exitCode, EXIT.usage);
  assert.equal(refusal(() => read([], { ELECTOR_LOCK: "x" }))[1], EXIT.config);
});

Deno.test("over a bucket, timings that are not given are the bucket's", () => {
  const { drainTimeout } = DEFAULT_TIMINGS;
  assert.deepEqual(readTimings(read(["--lock", S3])), { ...BUCKET_TIMINGS, drainTimeout });
  assert.deepEqual(readTimings(read(["--lock", `gist:${GIST}`])), DEFAULT_TIMINGS);
  const values = read(["--lock", S3, "--retry-period=1s"], { ELECTOR_POLL_PERIOD: "3s" });
  assert.equal(values["retry-period"], 1_000);
  assert.equal(values["poll-period"], 3_000);
  // A value that is given counts, be it the default of a gist.
  assert.equal(read(["--lock", S3, "--request-timeout=10s"])["request-timeout"], 10_000);
  assert.equal(readRunTimings(read(["--lock", S3])).grace, 3_950);
});

Deno.test("openLock() opens a bucket, without an access token of GitHub", () => {
  const args = ["--lock", S3, "--region", "eu-central-1", "--endpoint", "https://minio.example"];
  const lock = openLock(read(args), { identity: "a" });
  assert.ok(lock instanceof BucketLock);
  assert.equal(lock.describe(), `${S3} at minio.example`);
});

Deno.test("openLock() names the option of what a bucket's rules refuse", () => {
  const open = (...args: string[]) => refusal(() => openLock(read(args)));
  assert.match(open("--lock", "s3://locks/a.probe", "--region=x")[0], /key must not end in/i);
  assert.match(open("--lock", "s3://L/a", "--region=x")[0], /name of an S3 bucket must be/);
  assert.match(open("--lock", S3, "--region", "EU!")[0], /^--region must be/);
  assert.match(
    open("--lock", S3, "--region=x", "--endpoint", "http://minio.example")[0],
    /^--endpoint must be https/,
  );
  assert.equal(open("--lock", S3, "--region", "EU!")[1], EXIT.config);
});

Deno.test("planStoreOf() knows what a lock costs by its address", () => {
  assert.equal(planStoreOf({ protocol: undefined }), "git");
  assert.equal(planStoreOf({ protocol: "rest" }), "rest");
  assert.equal(planStoreOf({ lock: S3, protocol: "rest" }), "bucket");
  assert.equal(planStoreOf({ lock: "gs://locks/a", protocol: undefined }), "google bucket");
});

Deno.test("a command keeps the credentials of its cloud, unless they are to be stripped", () => {
  const env = {
    AWS_ACCESS_KEY_ID: "k",
    AZURE_CLIENT_ID: "c",
    GOOGLE_APPLICATION_CREDENTIALS: "f",
    GITHUB_TOKEN: "t",
    MY_AWS_THING: "m",
  };
  const term = { token: 1, since: 0 };
  const context = { identity: "a", lock: "l" };
  const namesIn = (stripsCredentials?: boolean) =>
    Object.keys(commandEnv(env, {
      ...context,
      ...(stripsCredentials !== undefined && { stripsCredentials }),
    }, term)).filter((name) => name in env);
  const kept = ["AWS_ACCESS_KEY_ID", "AZURE_CLIENT_ID", "GOOGLE_APPLICATION_CREDENTIALS"];
  assert.deepEqual(namesIn(), [...kept, "MY_AWS_THING"]);
  assert.deepEqual(namesIn(false), [...kept, "MY_AWS_THING"]);
  assert.deepEqual(namesIn(true), ["MY_AWS_THING"]);
});
