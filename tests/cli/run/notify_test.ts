import assert from "node:assert/strict";
import { Notifier, notifierOf, watchdogOf } from "../../../cli/run/notify.ts";
import { FakeClock } from "../../../lock/mod.ts";

/** A notifier with a watchdog of 4 s, so that a beat is due every second. */
function notifying(
  { isSound = true, ...rest }: { isSound?: boolean; watchdog?: number | undefined } = {},
) {
  const watchdog = "watchdog" in rest ? rest.watchdog : 4_000;
  const clock = new FakeClock();
  const sent: string[] = [];
  const stop = new AbortController();
  const state = { isSound, asked: 0, blocked: Promise.resolve() };
  const notifier = new Notifier({
    clock,
    watchdog,
    send: (assignments) => {
      sent.push(assignments.join(" "));
      return state.blocked;
    },
    isSound: (within) => {
      state.asked = within;
      return state.isSound;
    },
  });
  let isOver = false;
  const running = notifier.run(stop.signal).then(() => isOver = true);
  const dispose = async () => {
    stop.abort();
    await running;
  };
  return { clock, sent, state, notifier, isOver: () => isOver, [Symbol.asyncDispose]: dispose };
}

Deno.test("Notifier reports READY=1 once, as soon as all is sound, and beats from then on", async () => {
  await using stage = notifying({ isSound: false });
  const { clock, sent, state } = stage;
  await clock.advance(10_000);
  assert.deepEqual(sent, []);
  state.isSound = true;
  await clock.advance(100);
  assert.deepEqual(sent, ["READY=1 WATCHDOG=1"]);
  await clock.advance(3_000);
  assert.deepEqual(sent.slice(1), ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
});

Deno.test("Notifier does not beat while something is not sound, and beats again when it is", async () => {
  await using stage = notifying();
  const { clock, sent, state } = stage;
  await clock.advance(50);
  state.isSound = false;
  await clock.advance(60_000);
  assert.equal(sent.length, 1);
  state.isSound = true;
  await clock.advance(1_000);
  assert.equal(sent.length, 2);
  // A sign of life that is half of the watchdog's time old is still one: two periods.
  assert.equal(state.asked, 2_000);
});

Deno.test("Notifier reports nothing but READY=1 where there is no watchdog, and then is done", async () => {
  await using stage = notifying({ watchdog: undefined });
  const { clock, sent, isOver } = stage;
  await clock.advance(1_000);
  assert.deepEqual(sent, ["READY=1"]);
  assert.equal(isOver(), true);
});

Deno.test("Notifier sends one report at a time, and one in between when it is asked to", async () => {
  await using stage = notifying();
  const { clock, sent, state, notifier } = stage;
  await clock.advance(10);
  notifier.beat();
  assert.equal(sent.length, 2);
  const { promise, resolve } = Promise.withResolvers<void>();
  await clock.advance(0);
  state.blocked = promise;
  notifier.beat();
  notifier.beat();
  await clock.advance(5_000);
  assert.equal(sent.length, 3);
  resolve();
  await clock.advance(1_000);
  assert.equal(sent.length, 4);
});

Deno.test("Notifier goes on where a report fails", async () => {
  await using stage = notifying();
  const { clock, sent, state } = stage;
  await clock.advance(10);
  state.blocked = Promise.reject(new Error("no"));
  state.blocked.catch(() => {});
  await clock.advance(3_000);
  assert.equal(sent.length, 4);
});

Deno.test("watchdogOf() is the time of systemd, for this process only", () => {
  assert.equal(watchdogOf({ WATCHDOG_USEC: "15000000", WATCHDOG_PID: "7" }, 7), 15_000);
  assert.equal(watchdogOf({ WATCHDOG_USEC: "15000000" }, 7), 15_000);
  assert.equal(watchdogOf({ WATCHDOG_USEC: "15000000", WATCHDOG_PID: "8" }, 7), undefined);
  for (const time of ["", "0", "-1", "x", "1e3", "1.5"]) {
    assert.equal(watchdogOf({ WATCHDOG_USEC: time }, 7), undefined, time);
  }
  assert.equal(watchdogOf({}, 7), undefined);
});

Deno.test("notifierOf() is nothing where systemd waits for nothing", () => {
  const supervised = { pid: 7, clock: new FakeClock(), isSound: () => true, log: () => {} };
  assert.equal(notifierOf({ ...supervised, env: {} }), undefined);
  assert.equal(notifierOf({ ...supervised, env: { NOTIFY_SOCKET: "" } }), undefined);
  assert.ok(notifierOf({ ...supervised, env: { NOTIFY_SOCKET: "/run/x" } }));
});

Deno.test("a machine without systemd-notify is reported once, with what to do", async () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  const env = { NOTIFY_SOCKET: "/nowhere", WATCHDOG_USEC: "4000000", PATH: "/nowhere" };
  const log = (_event: string, text: string) => void lines.push(text);
  const notifier = notifierOf({ env, pid: 7, clock, log, isSound: () => true });
  assert.ok(notifier);
  notifier.beat();
  await clock.advance(0);
  notifier.beat();
  await clock.advance(1_000);
  assert.deepEqual(lines, [
    "Cannot report to systemd with systemd-notify: it was not found; use Type=exec instead",
  ]);
});
