import assert from "node:assert/strict";
import { parsePs, parseStats } from "../../../cli/run/process_group.ts";
import { awaitEnd, type GroupSystem, processGroup } from "../../../cli/run/process_group.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { aliveIn, until } from "../../support/elector_process.ts";
import { FakeGroup } from "./fake_group.ts";

const gone = () => {
  throw new Deno.errors.NotFound("ESRCH: No such process");
};
const forbidden = () => {
  throw new Deno.errors.PermissionDenied("EPERM: Operation not permitted");
};
const UNKNOWN = () => Promise.resolve(undefined);

function group(kill: GroupSystem["kill"], options: Partial<GroupSystem> = {}) {
  return processGroup(4711, { kill, members: UNKNOWN, os: "linux", ...options });
}

Deno.test("processGroup() exists though it may not be signalled, and a signal to it does not fail", () => {
  assert.equal(group(gone).exists(), false);
  assert.equal(group(forbidden).exists(), true);
  assert.equal(group(() => {}).exists(), true);
  for (const kill of [gone, forbidden]) group(kill).signal("SIGKILL");
});

Deno.test("processGroup() signals the group, and checks for it without a signal", () => {
  const sent: [number, unknown][] = [];
  const probed = group((pid, signal) => sent.push([pid, signal]));
  probed.signal("SIGTERM");
  probed.exists();
  assert.deepEqual(sent, [[-4711, "SIGTERM"], [-4711, 0]]);
});

Deno.test("processGroup() refuses ids that mean other processes", () => {
  for (const id of [1, 0, -1, 1.5, NaN]) assert.throws(() => processGroup(id), RangeError);
});

for (
  const [os, kill, states, isDead] of [
    ["linux", gone, undefined, true],
    ["linux", () => {}, undefined, true],
    ["linux", forbidden, undefined, false],
    // Groups of zombies answer so there.
    ["darwin", forbidden, undefined, true],
    ["darwin", () => {}, undefined, false],
    ["linux", forbidden, ["Z", "Z"], true],
    ["linux", () => {}, ["Z", "D"], false],
    ["linux", () => {}, ["S"], false],
    ["darwin", forbidden, ["Z+"], true],
    ["darwin", forbidden, ["Ss"], false],
    // Others' processes may be hidden.
    ["linux", forbidden, [], false],
    ["linux", () => {}, [], true],
  ] as const
) {
  const answer = kill === gone ? "ESRCH" : kill === forbidden ? "EPERM" : "success";
  Deno.test(`processGroup() on ${os}: ${answer} and ${states ?? "no"} states mean ${isDead ? "dead" : "alive"}`, async () => {
    const members = () => Promise.resolve(states);
    assert.equal(await group(kill, { members, os }).isDead(), isDead);
    // Before KILL, no state says nothing.
    const isSure = isDead && states !== undefined && states.length > 0;
    assert.equal(await group(kill, { members, os }).isSurelyDead(), isSure);
  });
}

Deno.test("awaitEnd() kills at its time, and returns whether no process is alive", async () => {
  const clock = new FakeClock();
  for (const isProtected of [false, true]) {
    const fake = new FakeGroup(clock);
    fake.isProtected = isProtected;
    const killAt = clock.monotonic() + 500;
    const ending = awaitEnd(fake, killAt, clock);
    await clock.advance(10_000);
    assert.equal(await ending, !isProtected);
    assert.equal(fake.timeline[0], `${killAt} SIGKILL`);
  }
});

Deno.test("awaitEnd() does not wait for dead processes that are never reaped, as in a container", async () => {
  const clock = new FakeClock();
  const fake = new FakeGroup(clock);
  fake.isProtected = true;
  let endedAt = NaN;
  awaitEnd(fake, 60_000, clock).then((isDead) => endedAt = isDead ? clock.monotonic() : Infinity);
  await clock.advance(5_000);
  assert.deepEqual([endedAt, fake.timeline], [NaN, []]);
  fake.isZombie = true;
  await clock.advance(3_000);
  assert.ok(endedAt <= 8_000, `ended at ${endedAt}`);
});

Deno.test("awaitEnd() waits for a slow death, and kills processes that were started meanwhile", async () => {
  const clock = new FakeClock();
  const fake = new FakeGroup(clock);
  fake.isProtected = true;
  const ending = awaitEnd(fake, 0, clock);
  await clock.advance(1_000);
  fake.isProtected = false;
  await clock.advance(1_000);
  assert.equal(await ending, true);
});

Deno.test("parseStats() finds the states of a group, with any process name", () => {
  const text = [
    "10 (sh) S 1 4711 4711 0",
    "11 (a) Z 1 4711) R 10 4711 4711 0",
    "12 (sleep) Z 10 4711 4711 0",
    "13 (sh) S 1 999 999 0",
    "garbage",
    "",
  ].join("\n");
  assert.deepEqual(parseStats(text, 4711), ["S", "R", "Z"]);
});

Deno.test("parsePs() finds the states of a group", () => {
  assert.deepEqual(parsePs(" 4711 Ss+\n 4711 Z\n   1 Ss\n\n", 4711), ["Ss+", "Z"]);
});

Deno.test({
  name: "processGroup() of a real group is dead when only a zombie is left",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    // The parent of the group's leader never reaps it.
    const parent = new Deno.Command("sh", {
      args: [
        "-c",
        "exec 3>&1; sh -c 'exec setsid sh -c \"echo \\$\\$; exec sleep 1000\"' >&3 & exec sleep 1000",
      ],
      stdout: "piped",
    }).spawn();
    const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const id = Number((await reader.read()).value);
    const real = processGroup(id);
    try {
      assert.equal(await real.isDead(), false);
      real.signal("SIGKILL");
      await until(async () => (await aliveIn(id)).length === 0, () => "its end");
      assert.equal(real.exists(), true);
      assert.equal(await real.isDead() && await real.isSurelyDead(), true);
    } finally {
      parent.kill("SIGKILL");
      await parent.status;
      await reader.cancel();
    }
  },
});
