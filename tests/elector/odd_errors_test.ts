import assert from "node:assert/strict";
import {
  LockAccessError,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";

// What a lock, or work, rejects with may be anything at all.

const DAY = 86_400_000;

/** A follower whose reads are all rejected with this, but the first. */
async function rejectedWith(error: unknown) {
  const told: unknown[] = [];
  const baz = new Candidate({ onError: (error) => void told.push(error), stored: byBing(3_600) });
  const get = baz.lock.get.bind(baz.lock);
  baz.lock.get = async (options) => {
    const answer = await get(options);
    if (baz.lock.calls.length > 1) throw error;
    return answer;
  };
  await baz.run();
  return { baz, told };
}

const ODD = [
  ...[undefined, null, 0, "no"],
  Object.assign(new Error("no"), { retryAt: 90_000 }),
  Object.assign(new Error(), { message: 5 }),
];
for (const odd of ODD) {
  Deno.test(`a read that is rejected with ${odd} is repeated after P, like any other failure`, async () => {
    const { baz, told } = await rejectedWith(odd);
    await baz.clock.advance(20_000);
    assert.equal(baz.outcome, "running");
    assert.deepEqual(baz.calls, ["0 get", "5000 get", "10000 get", "15000 get", "20000 get"]);
    assert.deepEqual(told, [odd]);
    await baz.end();
  });
}

for (
  const error of [
    new RateLimitError("wait", 90_000),
    new LockUnavailableError("wait", { retryAt: 90_000 }),
    new UnknownOutcomeError("wait", { retryAt: 90_000 }),
  ]
) {
  Deno.test(`a follower waits as long as a ${error.name} asks for`, async () => {
    const { baz } = await rejectedWith(error);
    await baz.clock.advance(89_999);
    assert.deepEqual(baz.calls, ["0 get", "5000 get"]);
    await baz.clock.advance(1);
    assert.deepEqual(baz.calls.slice(2), ["90000 get"]);
    await baz.end();
  });
}

Deno.test("an error that is its own cause is no obedience, and is looked at once", async () => {
  let reads = 0;
  const wrong: Error = Object.defineProperty(new Error("wrong"), "cause", {
    get: () => {
      if (++reads > 10) throw new Error("The causes are read over and over");
      return wrong;
    },
  });
  const baz = await new Candidate({
    work: async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw wrong;
    },
  }).run();
  await baz.stop();
  assert.equal(baz.outcome, wrong);
  assert.equal(reads, 1);
});

const VERSIONS = [
  ["4f2a9c0be1d7", "be1d74f2a9c0"],
  ["d41d8cd98f00b204e9800998ecf8427e", "a87ff679a2f3e71d9181a67b7542122c"],
  ["0x8DC1F00BA12C3D4", "0x8DC1F00BA12CFFE"],
];
for (const versions of VERSIONS) {
  Deno.test(`failures that differ only in a version such as ${versions[0]} are reported once`, async () => {
    const baz = await new Candidate({ stored: byBing(3_600) }).run();
    baz.lock.fate = ({ nth }) => ({
      refuse: new LockUnavailableError(`The server does not have ${versions[nth % 2]} yet`),
    });
    await baz.clock.advance(100_000);
    assert.equal(baz.errors.length, 1);
    await baz.end();
  });
}

Deno.test("access that is refused every day is reported once", async () => {
  await using baz = new Candidate({ pollPeriod: 600_000, leaseDuration: 3_600_000 });
  const renew = () =>
    writeAs(baz.store, { holderIdentity: "bing", leaseDurationSeconds: DAY / 1_000 });
  await renew();
  let checks = 0;
  baz.lock.checkAccess = () => {
    checks++;
    return Promise.reject(new LockAccessError("not yours", 404));
  };
  await baz.run();
  for (let half = 0; half < 6; half++) {
    await baz.clock.advance(DAY / 2);
    await renew();
  }
  assert.equal(checks, 4);
  assert.equal(baz.errors.length, 1);
});

Deno.test("a lock whose quota() throws ends the election with that error", async () => {
  const odd = new Error("no quota");
  const baz = new Candidate();
  Object.assign(baz.lock, { quota: () => assert.fail(odd) });
  await baz.run(100_000);
  assert.equal(baz.outcome, odd);
});
