import assert from "node:assert/strict";
import {
  ChangeHook,
  HOOK_TIMEOUT_MS,
  LAST_HOOK_MS,
  type SeenLeader,
} from "../../../cli/candidate/change_hook.ts";
import type { Ending } from "../../../cli/run/child.ts";
import { hookEnv } from "../../../cli/run/hook_process.ts";
import { FakeClock } from "../../../lock/mod.ts";

const OK: Ending = { code: 0, signal: undefined };

/** A hook whose commands end as the test says, with a timeline of what it did. */
function hooked() {
  const clock = new FakeClock();
  const stop = new AbortController();
  const timeline: string[] = [];
  const commands: PromiseWithResolvers<Ending>[] = [];
  const state = {
    status: { leader: null, token: null, lastContactSeconds: null } as {
      leader: string | null;
      token: number | null;
      lastContactSeconds: number | null;
    },
    start: (_: SeenLeader): void => {},
    log: (text: string): void => void timeline.push(text),
  };
  const hook = new ChangeHook({
    clock,
    log: (event, text) => state.log(`${event}: ${text}`),
    status: () => state.status,
    start: (seen) => {
      state.start(seen);
      timeline.push(`start ${seen.leader} ${seen.token}`);
      const exit = Promise.withResolvers<Ending>();
      commands.push(exit);
      return {
        exited: exit.promise,
        end: () => {
          timeline.push("end");
          return Promise.resolve();
        },
      };
    },
  });
  const running = hook.run(stop.signal);
  const sees = async (leader: string | null, token: number | null) => {
    state.status = { leader, token, lastContactSeconds: 0 };
    await clock.advance(1_000);
  };
  const ends = async (ending = OK) => {
    commands.at(-1)?.resolve(ending);
    await clock.advance(0);
  };
  return { clock, stop, timeline, state, hook, running, sees, ends };
}

Deno.test("ChangeHook runs its command once for each leader and each term, and for none", async () => {
  const { clock, timeline, sees, ends, stop, running } = hooked();
  await clock.advance(60_000);
  assert.deepEqual(timeline, [], "nothing is known yet");
  const changes: [string | null, number | null][] = [
    [null, null],
    ["eu", 1],
    [null, 1],
    ["eu", 2],
    ["us", 3],
    ["us", 4],
  ];
  for (const [leader, token] of changes) {
    await sees(leader, token);
    await ends();
    await clock.advance(60_000);
  }
  assert.deepEqual(timeline, changes.map(([leader, token]) => `start ${leader} ${token}`));
  stop.abort();
  await running;
});

Deno.test("ChangeHook runs one command at a time, and then the one of the last change", async () => {
  const { timeline, sees, ends } = hooked();
  await sees("a", 1);
  await sees("b", 2);
  await sees(null, 2);
  await sees("c", 3);
  assert.deepEqual(timeline, ["start a 1"]);
  await ends();
  assert.deepEqual(timeline, ["start a 1", "start c 3"]);
  await ends();
  assert.equal(timeline.length, 2);
});

Deno.test("ChangeHook logs a command that fails, is ended by a signal, or cannot be started, and goes on", async () => {
  const { timeline, sees, ends, state } = hooked();
  await sees("a\x1b[2J", 1);
  await ends({ code: 3, signal: undefined });
  await sees(null, 1);
  await ends({ code: 137, signal: "SIGKILL" });
  state.start = () => {
    throw new Error("no shell");
  };
  await sees("b", 2);
  state.start = () => {};
  state.log = () => {
    throw new Error("disk full");
  };
  await sees("c", 3);
  await ends({ code: 1, signal: undefined });
  await sees("d", 4);
  assert.deepEqual(timeline, [
    "start a\x1b[2J 1",
    "hook: the command of --on-change failed with exit code 3 (a\\u{1b}[2J)",
    "start null 1",
    "hook: the command of --on-change was ended by SIGKILL (no leader)",
    "hook: the command of --on-change cannot be run: no shell (b)",
    "start c 3",
    "start d 4",
  ]);
});

Deno.test("ChangeHook ends a command that hangs, and runs the next", async () => {
  const { clock, timeline, sees } = hooked();
  await sees("a", 1);
  await sees("b", 2);
  await clock.advance(HOOK_TIMEOUT_MS);
  assert.deepEqual(timeline, [
    "start a 1",
    "hook: the command of --on-change took too long and was ended (a)",
    "end",
    "start b 2",
  ]);
});

Deno.test("ChangeHook reports the end of a term when the program ends, and does not wait long", async () => {
  const { clock, timeline, sees, ends, state, stop, running, hook } = hooked();
  await sees("me", 1);
  await ends();
  stop.abort();
  await running;
  state.status = { leader: null, token: 1, lastContactSeconds: 0 };
  let isClosed = false;
  hook.close().then(() => isClosed = true);
  await clock.advance(LAST_HOOK_MS - 1);
  assert.deepEqual(timeline, ["start me 1", "start null 1"]);
  assert.equal(isClosed, false);
  await clock.advance(1);
  assert.equal(isClosed, true);
  assert.equal(timeline.at(-1), "end");
});

Deno.test("ChangeHook that has nothing to do does not wait at the end", async () => {
  const { clock, sees, ends, stop, hook, running } = hooked();
  await sees("me", 1);
  await ends();
  stop.abort();
  await running;
  const before = clock.monotonic();
  await hook.close();
  assert.equal(clock.monotonic(), before);
});

Deno.test("hookEnv() says who leads, and hides the access tokens and systemd's variables", () => {
  const env = {
    PATH: "/bin",
    GITHUB_TOKEN: "ghp_1",
    GITHUB_API_TOKEN: "ghp_2",
    NOTIFY_SOCKET: "/x",
    ELECTOR_TOKEN: "old",
  };
  assert.deepEqual(hookEnv(env, "me", { leader: "eu", token: 7 }), {
    PATH: "/bin",
    ELECTOR_LEADER: "eu",
    ELECTOR_TOKEN: "7",
    ELECTOR_IDENTITY: "me",
  });
  const none = hookEnv({}, "me", { leader: null, token: null });
  assert.deepEqual(none, { ELECTOR_LEADER: "", ELECTOR_TOKEN: "", ELECTOR_IDENTITY: "me" });
});
