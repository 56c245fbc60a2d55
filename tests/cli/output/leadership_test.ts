import assert from "node:assert/strict";
import {
  type Leadership,
  leadershipJson,
  leadershipOf,
  UNREADABLE,
} from "../../../cli/candidate/status.ts";
import { describeChange, describeLeadership } from "../../../cli/output/leadership.ts";
import { commandEnv } from "../../../cli/run/child.ts";
import { PLAIN } from "../../../cli/output/terminal.ts";
import { watchLock } from "../../../cli/output/watcher.ts";
import {
  EMPTY_RECORD,
  FakeClock,
  type Lock,
  LockUnavailableError,
  parseRecord,
} from "../../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../../store/mod.ts";
import { LeaderElector, requestHandover } from "../../../elector/mod.ts";

const HELD = {
  ...EMPTY_RECORD,
  holderIdentity: "eu\x1b[2J",
  leaseDurationSeconds: 60,
  acquireTime: 0,
  renewTime: 100_000,
  leaderTransitions: 3,
};

Deno.test("leadershipOf() a record: held until its lease ends, then expired", () => {
  assert.equal(leadershipOf(HELD, 59_999).state, "held");
  assert.equal(leadershipOf(HELD, 59_999).leader, "eu\x1b[2J");
  assert.equal(leadershipOf(HELD, 60_000).state, "expired");
  assert.equal(leadershipOf(HELD, 60_000).leader, null);
  assert.equal(leadershipOf({ ...HELD, holderIdentity: "" }, 0).state, "released");
  assert.equal(leadershipOf(EMPTY_RECORD, 0).state, "free");
  assert.equal(leadershipOf(undefined, 0).token, null);
  assert.equal(leadershipOf(EMPTY_RECORD, 0).token, null);
  // client-go writes a lease of under a second as 0; it lasts a second.
  assert.equal(leadershipOf({ ...HELD, leaseDurationSeconds: 0 }, 999).state, "held");
  assert.equal(leadershipOf({ ...HELD, leaseDurationSeconds: 0 }, 999).expires, 101_000);
});

Deno.test("leadershipJson() has null for no leader, times in ISO 8601, and the same keys for every state", () => {
  const records = [HELD, { ...HELD, holderIdentity: "" }, EMPTY_RECORD, undefined];
  const all = [...records.map((record) => leadershipOf(record, 0)), UNREADABLE].map(leadershipJson);
  const keys = Object.keys(all[0] ?? {}).sort();
  for (const json of all) {
    assert.deepEqual(Object.keys(json).sort(), keys);
    assert.ok(Object.values(json).every((value) => value !== "" && value !== undefined));
  }
  assert.deepEqual(all[0], {
    state: "held",
    leader: "eu\x1b[2J",
    holder: "eu\x1b[2J",
    token: 3,
    since: "1970-01-01T00:00:00.000Z",
    renewed: "1970-01-01T00:01:40.000Z",
    expires: "1970-01-01T00:02:40.000Z",
    rank: null,
    preferredHolder: null,
  });
});

Deno.test("describeLeadership() uses durations, with text from outside escaped", () => {
  assert.deepEqual(describeLeadership(leadershipOf(HELD, 20_000), 120_000, PLAIN), [
    "eu\\u{1b}[2J leads",
    "  since    2 min ago",
    "  renewed  20 s ago, by its own clock",
    "  until    40 s from now, unless renewed",
    "  token    3",
  ]);
});

Deno.test("leadershipOf() takes only a name of another candidate for the preferred holder", () => {
  const preferred = (keys: object) => leadershipOf({ ...HELD, ...keys }, 0).preferredHolder;
  assert.equal(preferred({ preferredHolder: "us" }), "us");
  assert.equal(preferred({ preferredHolder: "us", holderIdentity: "" }), "us");
  for (const text of ["", HELD.holderIdentity, "a\nb", "a".repeat(129)]) {
    assert.equal(preferred({ preferredHolder: text }), null, text);
  }
});

Deno.test("describeLeadership() shows the rank, and who is to lead next", () => {
  const record = { ...HELD, holderIdentity: "eu", rank: 1, preferredHolder: "us" };
  const lines = (keys: object, age: number) =>
    describeLeadership(leadershipOf({ ...record, ...keys }, age), 120_000, PLAIN);
  assert.deepEqual(lines({}, 0).slice(-2), ["  rank     1", "  asked    to hand over to us"]);
  for (const vacant of [lines({}, 60_000), lines({ holderIdentity: "" }, 0)]) {
    assert.match(vacant.at(-2) ?? "", /^ {2}next +us, if it is ready$/);
    assert.match(vacant.at(-1) ?? "", /if none is, there is no leader$/);
  }
});

/** A watch of a lock, when each change came, and what was reported; it ends with the test. */
function watching(lock: Lock, clock: FakeClock, onError: (error: unknown) => void = unexpected) {
  const over = new AbortController();
  const changes: { readonly at: number; readonly change: Leadership }[] = [];
  const options = { clock, pollPeriod: 1_000, signal: over.signal, onError };
  const watch = (async () => {
    for await (const change of watchLock(lock, options)) {
      changes.push({ at: clock.monotonic(), change });
    }
  })();
  const stop = async () => {
    over.abort();
    await clock.advance(0);
    await watch;
  };
  return { changes, [Symbol.asyncDispose]: stop };
}

Deno.test("watchLock() yields a request for a handover, which renews no lease", async () => {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const lock = new MemoryLock("eu", store);
  const keys = {
    holderIdentity: "eu",
    leaseDurationSeconds: 10,
    session: "s",
    sequence: 1,
    rank: 0,
  };
  await lock.create({ ...HELD, ...keys, renewTime: clock.wall() });
  await using watch = watching(lock, clock);
  await clock.advance(4_500);
  const request = requestHandover(new MemoryLock("operator", store), "us", { clock });
  await clock.advance(60_000);
  assert.equal((await request).outcome, "requested");
  const lines = watch.changes.map(({ at, change }) => {
    return `${at} ${describeChange(change, 0, PLAIN).replace(/^\S+ +/, "")}`;
  });
  assert.deepEqual(lines, [
    "0 eu leads  (fencing token 3)",
    "5000 eu leads, asked to hand over to us  (fencing token 3)",
    "10000 no leader: the leader has not renewed its lease, us is to lead next  (fencing token 3)",
  ]);
});

Deno.test("commandEnv() contains the term, and hides access tokens and what is only for elector", () => {
  const env = {
    PATH: "/bin",
    ELECTOR_TOKEN_FILE: "/etc/elector/token",
    ELECTOR_LOCK: "s3://locks/a",
    ELECTOR_OF_ANOTHER_VERSION: "1",
    GITHUB_TOKEN: "secret",
    GITHUB_API_TOKEN: "secret",
    LEADER_TOKEN: "9",
    NOTIFY_SOCKET: "/run/systemd/notify",
    WATCHDOG_USEC: "15000000",
    WATCHDOG_PID: "1",
    CREDENTIALS_DIRECTORY: "/run/credentials/elector",
  };
  assert.deepEqual(commandEnv(env, { identity: "me", lock: "a lock" }, { token: 3, since: 0 }), {
    PATH: "/bin",
    LEADER_LOCK: "a lock",
    LEADER_IDENTITY: "me",
    LEADER_TOKEN: "3",
    LEADER_SINCE: "1970-01-01T00:00:00.000Z",
  });
});

Deno.test("watchLock() yields each change once: free, held, expired, held again", async () => {
  const clock = new FakeClock();
  const lock = new MemoryLock("eu");
  await using watch = watching(lock, clock);
  await clock.advance(500);
  const record = { ...HELD, holderIdentity: "eu", leaseDurationSeconds: 3 };
  const created = await lock.create(record);
  await clock.advance(5_000);
  await lock.update({ ...record, leaderTransitions: 4 }, created);
  await clock.advance(1_000);
  const seen = watch.changes.map((
    { at, change: { leader, state, token } },
  ) => [at, leader, state, token]);
  assert.deepEqual(seen, [
    [0, null, "free", null],
    [1_000, "eu", "held", 3],
    [4_000, null, "expired", 3],
    [6_000, "eu", "held", 4],
  ]);
});

Deno.test("watchLock() goes on when the store fails, but not if it never responded", async () => {
  const clock = new FakeClock();
  const lock = new MemoryLock("eu");
  const errors: unknown[] = [];
  const broken = new LockUnavailableError("broken");
  {
    await using _watch = watching(lock, clock, (error) => errors.push(error));
    await clock.advance(0);
    lock.get = () => Promise.reject(broken);
    await clock.advance(2_000);
    assert.deepEqual(errors, [broken]);
  }
  const { signal } = new AbortController();
  const hopeless = watchLock(lock, { clock, pollPeriod: 1_000, signal, onError: () => {} });
  await Promise.all([assert.rejects(hopeless.next(), broken), clock.advance(0)]);
});

Deno.test("watchLock() reports a failure of one kind once, though its numbers differ, and again after a quiet minute", async () => {
  const clock = new FakeClock();
  const lock = new MemoryLock("eu");
  const errors: string[] = [];
  await using _watch = watching(lock, clock, (error) => {
    errors.push(`${clock.monotonic()} ${(error as Error).message}`);
  });
  await clock.advance(0);
  const read = lock.get.bind(lock);
  let reads = 0;
  // Two kinds take turns, and each names what differs from poll to poll.
  lock.get = () => {
    const what = ++reads % 2 === 0 ? "no answer within" : "no route, tried for";
    return Promise.reject(new LockUnavailableError(`${what} ${reads} ms`));
  };
  await clock.advance(90_000);
  assert.deepEqual(errors, ["1000 no route, tried for 1 ms", "2000 no answer within 2 ms"]);
  const failing = lock.get;
  lock.get = read;
  await clock.advance(61_000);
  lock.get = failing;
  await clock.advance(10_000);
  assert.deepEqual(errors.slice(2), [
    "152000 no route, tried for 91 ms",
    "153000 no answer within 92 ms",
  ]);
});

Deno.test("watchLock() of a real election yields a release", async () => {
  const clock = new FakeClock();
  const lock = new MemoryLock("eu");
  const elector = new LeaderElector({ lock, clock, onStartedLeading: () => {} });
  const running = elector.run();
  await clock.advance(0);
  await Promise.all([elector[Symbol.asyncDispose](), clock.advance(0), running]);
  const { signal } = new AbortController();
  const watch = watchLock(lock, { clock, pollPeriod: 1_000, signal, onError: unexpected });
  const [{ value }] = await Promise.all([watch.next(), clock.advance(0)]);
  assert.deepEqual([value?.leader, value?.state, value?.token], [null, "released", 1]);
  // A watch may be left at any change.
  await watch.return(undefined);
});

Deno.test("a manually restored record shows its token", () => {
  const restored = leadershipOf(parseRecord('{"leaderTransitions":41}'), 0);
  assert.deepEqual([restored.state, restored.leader, restored.token], ["free", null, 41]);
  assert.equal(leadershipJson(restored).token, 41);
  assert.deepEqual(describeLeadership(restored, 0, PLAIN), [
    "No leader: the lock was not held since its record was restored",
    "  token     41",
  ]);
  assert.match(
    describeChange(restored, 0, PLAIN),
    /since its record was restored {2}\(fencing token 41\)$/,
  );
  assert.deepEqual(describeLeadership(leadershipOf(EMPTY_RECORD, 0), 0, PLAIN), [
    "No leader: the lock was never held",
  ]);
  assert.deepEqual(describeLeadership(leadershipOf(undefined, 0), 0, PLAIN, true), [
    "No leader: the lock was never held",
    "  There is no object, and no candidate creates it: run `elector init`",
  ]);
});

Deno.test("describeChange() is one line", () => {
  const held = leadershipOf({ ...HELD, holderIdentity: "eu" }, 0);
  const leads = describeChange(held, 0, PLAIN);
  assert.match(leads, /^1970-01-01T00:00:00Z {2}eu leads {2}\(fencing token 3\)$/);
  const expired = describeChange(leadershipOf(HELD, 60_000), 0, PLAIN, 2);
  assert.match(expired, /no leader: the leader has not renewed its lease/);
  assert.match(expired, /\(2 earlier lines not written\)$/);
});

function unexpected(error: unknown): never {
  throw error;
}
