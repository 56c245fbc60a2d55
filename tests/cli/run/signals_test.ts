import assert from "node:assert/strict";
import { exitCodeOfSignal } from "../../../cli/exit_codes.ts";
import { endsRun } from "../../../cli/run/signals.ts";
import { endingOf } from "../../../cli/run/child.ts";

Deno.test("endsRun() is true for INT and TERM, for HUP and QUIT without a command, and never for USR1 and USR2", () => {
  const cases: readonly (readonly [Deno.Signal, boolean, boolean])[] = [
    ["SIGINT", true, true],
    ["SIGTERM", true, true],
    ["SIGHUP", false, true],
    ["SIGQUIT", false, true],
    ["SIGUSR1", false, false],
    ["SIGUSR2", false, false],
  ];
  for (const [signal, withCommand, without] of cases) {
    assert.equal(endsRun(signal, true), withCommand, signal);
    assert.equal(endsRun(signal, false), without, signal);
  }
});

Deno.test("exitCodeOfSignal() is 128 + n for every signal", () => {
  const codes = (["SIGHUP", "SIGINT", "SIGQUIT", "SIGKILL", "SIGTERM"] as const).map(
    exitCodeOfSignal,
  );
  assert.deepEqual(codes, [129, 130, 131, 137, 143]);
});

Deno.test("endingOf() names the signal, including one that the runtime has no name for", async () => {
  const status = (code: number, signal: Deno.Signal | null) =>
    Promise.resolve({ success: code === 0, code, signal });
  assert.deepEqual(await endingOf(status(7, null)), { code: 7, signal: undefined });
  assert.deepEqual(await endingOf(status(134, "SIGABRT")), { code: 134, signal: "SIGABRT" });
  const unnamed = Promise.reject(new TypeError("Invalid signal: 34"));
  assert.deepEqual(await endingOf(unnamed), { code: 162, signal: "signal 34" });
  assert.deepEqual(await endingOf(Promise.reject(new Error("?"))), { code: 70, signal: undefined });
});
