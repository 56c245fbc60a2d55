import assert from "node:assert/strict";
import { untilRefused } from "../../../cli/candidate/refusals.ts";
import { FakeClock } from "../../../lock/mod.ts";

const L = 60_000;

/** A wait, and the store that the test simulates. */
class Stage {
  readonly clock = new FakeClock();
  readonly stop = new AbortController();
  /** Since when every write is refused (monotonic, milliseconds). */
  refusedAt: number | undefined;
  result: string | undefined;

  constructor() {
    untilRefused({
      refusedFor: () =>
        this.refusedAt === undefined ? undefined : this.clock.monotonic() - this.refusedAt,
      leaseDuration: L,
      clock: this.clock,
      signal: this.stop.signal,
    }).then((isRefused) => this.result = `${this.clock.monotonic()} ${isRefused}`);
  }
}

Deno.test("untilRefused() waits for two lease durations of refusals, not for a single one", async () => {
  const stage = new Stage();
  await stage.clock.advance(10_000);
  stage.refusedAt = 10_000;
  await stage.clock.advance(2 * L - 10_000);
  stage.refusedAt = undefined;
  await stage.clock.advance(5 * L);
  assert.equal(stage.result, undefined);
  const at = stage.clock.monotonic();
  stage.refusedAt = at;
  await stage.clock.advance(2 * L - 1);
  assert.equal(stage.result, undefined);
  await stage.clock.advance(L / 20);
  assert.equal(stage.result, `${at + 2 * L} true`);
});

Deno.test("untilRefused() ends with the campaign", async () => {
  const stage = new Stage();
  await stage.clock.advance(1_000);
  stage.stop.abort();
  await stage.clock.advance(0);
  assert.equal(stage.result, "1000 false");
});
