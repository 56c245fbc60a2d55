import assert from "node:assert/strict";
import { FakeClock } from "../../../lock/mod.ts";
import { MemoryStore } from "../../../store/mod.ts";
import { Candidate } from "../../elector/candidate.ts";

/** Valid, with the least guard between D and L that is allowed. */
const TIGHT = {
  leaseDuration: 20_000,
  renewDeadline: 19_000,
  retryPeriod: 5_000,
  pollPeriod: 1_000,
  requestTimeout: 9_500,
};

Deno.test("a leader that is cut off after a late answer is over before another leads", async () => {
  const [clock, store] = [new FakeClock(), new MemoryStore()];
  const baz = await new Candidate({ ...TIGHT, identity: "baz", clock, store }).run();
  let wasValid: boolean | undefined;
  const bing = new Candidate({
    ...TIGHT,
    identity: "bing",
    clock,
    store,
    work: () => wasValid = baz.term.isValid(),
  });
  await bing.run();

  // The renewal takes effect at once, its answer comes 6 s later, and then nothing gets through any more.
  baz.lock.fate = ({ nth, verb }) =>
    verb === "update" && nth === 1 ? { after: 6_000 } : { hang: "before" };
  // At 25 s its lease has lapsed for those who saw the renewal, 20 s ago.
  await clock.advance(26_000);
  assert.equal(bing.terms.length, 1);
  assert.equal(wasValid, false);
  await Promise.all([baz.end(), bing.end()]);
});
