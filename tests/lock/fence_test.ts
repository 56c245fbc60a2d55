import assert from "node:assert/strict";
import { Fence, type FenceOptions, StaleTokenError } from "../../lock/mod.ts";

/** A place for one token that writes down what it was asked. Both functions can be held up, and can fail. */
class Place {
  token: number | undefined;
  readonly calls: string[] = [];
  before: (call: string) => unknown = () => {};

  readonly options: FenceOptions = {
    load: async () => {
      await this.#call("load");
      return this.token;
    },
    store: async (token) => {
      await this.#call(`store ${token}`);
      this.token = token;
    },
  };

  async #call(call: string): Promise<void> {
    this.calls.push(call);
    await this.before(call);
  }
}

function stale(token: number, highest: number) {
  return { name: "StaleTokenError", code: "ERR_STALE_TOKEN", token, highest };
}

Deno.test("Fence refuses a token that is lower than the highest one seen, which stays what it was", async () => {
  const place = new Place();
  const fence = new Fence(place.options);
  await fence.check(7);
  for (const token of [6, 3, 5, 0]) await assert.rejects(fence.check(token), stale(token, 7));
  assert.equal(place.token, 7);
});

Deno.test("Fence lets the same token pass again, and stores it once", async () => {
  const place = new Place();
  const fence = new Fence(place.options);
  await fence.check(7);
  await fence.check(7);
  assert.deepEqual(place.calls, ["load", "store 7"]);
});

Deno.test("Fence takes 0 for the first token", async () => {
  const place = new Place();
  await new Fence(place.options).check(0);
  assert.equal(place.token, 0);
});

Deno.test("Fence remembers the highest token after a restart", async () => {
  const place = new Place();
  await new Fence(place.options).check(7);
  const restarted = new Fence(place.options);
  await assert.rejects(restarted.check(6), stale(6, 7));
  await restarted.check(7);
  assert.deepEqual(place.calls, ["load", "store 7", "load"]);
});

Deno.test("a higher token is stored before its effect begins", async () => {
  const place = new Place();
  const stored = await new Fence(place.options).check(7, () => place.token);
  assert.equal(stored, 7);
});

Deno.test("check returns what the effect returned, and rejects with what it threw", async () => {
  const fence = new Fence(new Place().options);
  assert.equal(await fence.check(1), undefined);
  assert.equal(await fence.check(1, () => "sync"), "sync");
  assert.equal(await fence.check(1, () => Promise.resolve("async")), "async");
  const failure = new Error("the effect failed");
  await assert.rejects(fence.check(1, () => Promise.reject(failure)), failure);
  await assert.rejects(fence.check(1, () => assert.fail(failure)), failure);
});

Deno.test("an effect that fails has raised the fence, and the next check goes on", async () => {
  const fence = new Fence(new Place().options);
  await assert.rejects(fence.check(2, () => Promise.reject(new Error("failed"))));
  await assert.rejects(fence.check(1), stale(1, 2));
  await fence.check(2);
});

Deno.test("an effect is not begun under a stale token", async () => {
  const fence = new Fence(new Place().options);
  await fence.check(2);
  let begun = false;
  await assert.rejects(fence.check(1, () => begun = true), StaleTokenError);
  assert.equal(begun, false);
});

for (const held of ["load", "store 2"]) {
  Deno.test(`of two checks in flight the lower one is refused after the higher one, held up in ${held}`, async () => {
    const place = new Place();
    const gate = Promise.withResolvers<void>();
    place.before = (call) => call === held ? gate.promise : undefined;
    const fence = new Fence(place.options);
    const passed: number[] = [];
    const checks = [2, 1].map((token) => fence.check(token).then(() => passed.push(token)));
    const settled = Promise.allSettled(checks);
    await turns();
    assert.deepEqual(passed, []);
    gate.resolve();
    assert.deepEqual((await settled).map(({ status }) => status), ["fulfilled", "rejected"]);
    assert.deepEqual(passed, [2]);
    assert.equal(place.token, 2);
  });
}

Deno.test("of two checks in flight the lower one may pass first, and is stored first", async () => {
  const place = new Place();
  const gate = Promise.withResolvers<void>();
  place.before = (call) => call === "store 1" ? gate.promise : undefined;
  const fence = new Fence(place.options);
  const passed: number[] = [];
  const checks = [1, 2].map((token) => fence.check(token).then(() => passed.push(token)));
  await turns();
  assert.deepEqual(place.calls, ["load", "store 1"]);
  gate.resolve();
  await Promise.all(checks);
  assert.deepEqual(passed, [1, 2]);
  assert.deepEqual(place.calls, ["load", "store 1", "store 2"]);
});

Deno.test("a higher token waits until the effect of a lower one is over", async () => {
  const fence = new Fence(new Place().options);
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const lower = fence.check(1, async () => {
    events.push("1 begins");
    await gate.promise;
    events.push("1 ends");
  });
  const higher = fence.check(2, () => events.push("2 begins"));
  await turns();
  assert.deepEqual(events, ["1 begins"]);
  gate.resolve();
  await Promise.all([lower, higher]);
  assert.deepEqual(events, ["1 begins", "1 ends", "2 begins"]);
});

Deno.test("many checks in flight: none passes after a higher one has passed", async () => {
  const place = new Place();
  place.before = () => turns();
  const fence = new Fence(place.options);
  const passed: number[] = [];
  const tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9];
  const checks = tokens.map((token) => fence.check(token, () => passed.push(token)));
  await Promise.allSettled(checks);
  assert.deepEqual(passed, [3, 4, 5, 9, 9, 9]);
  assert.equal(place.token, 9);
});

Deno.test("a failing store refuses the effect; the token passes once it can be stored", async () => {
  const place = new Place();
  const failure = new Error("the disk is full");
  place.before = (call) => call === "store 7" ? Promise.reject(failure) : undefined;
  const fence = new Fence(place.options);
  let effects = 0;
  await assert.rejects(fence.check(7, () => effects++), failure);
  await assert.rejects(fence.check(7, () => effects++), failure);
  assert.equal(effects, 0);
  place.before = () => {};
  await fence.check(7, () => effects++);
  assert.equal(effects, 1);
  assert.equal(place.token, 7);
});

Deno.test("a token that could not be stored counts as seen", async () => {
  const place = new Place();
  const fence = new Fence(place.options);
  await fence.check(5);
  place.before = () => Promise.reject(new Error("the disk is full"));
  await assert.rejects(fence.check(7), /the disk is full/);
  await assert.rejects(fence.check(5), stale(5, 7));
});

Deno.test("a failing load refuses, counts the token as seen, and is tried again", async () => {
  const place = new Place();
  place.token = 5;
  const failure = new Error("no route to the database");
  place.before = () => Promise.reject(failure);
  const fence = new Fence(place.options);
  await assert.rejects(fence.check(9), failure);
  place.before = () => {};
  await assert.rejects(fence.check(8), stale(8, 9));
  await fence.check(9);
  assert.deepEqual(place.calls, ["load", "load", "store 9"]);
});

Deno.test("load and store may be synchronous, and may throw", async () => {
  let token: number | undefined = 4;
  const fence = new Fence({
    load: () => token,
    store: (higher) => {
      if (higher === 6) throw new Error("refused");
      token = higher;
    },
  });
  await assert.rejects(fence.check(3), stale(3, 4));
  await fence.check(5);
  assert.equal(token, 5);
  await assert.rejects(fence.check(6), /refused/);
  assert.equal(token, 5);
});

/** What is no token, and how an error shows it: a text may be anything, so it is not quoted. */
const LOADED: readonly [stored: unknown, shown: string][] = [
  ...[null, Number.NaN, -1, 1.5, 2 ** 53].map((value): [unknown, string] => [value, `${value}`]),
  ...["5", ""].map((text): [unknown, string] => [text, "string"]),
  [{}, "object"],
];

for (const [stored, shown] of LOADED) {
  Deno.test(`a loaded ${Deno.inspect(stored)} is not a token: every check is refused`, async () => {
    let effects = 0;
    const fence = new Fence({ load: () => stored as number, store: () => {} });
    const check = () => fence.check(Number.MAX_SAFE_INTEGER, () => effects++);
    const refusal = new RegExp(`^TypeError: The stored fencing token must be .*, got ${shown}$`);
    await assert.rejects(check, refusal);
    await assert.rejects(check, refusal);
    assert.equal(effects, 0);
  });
}

for (const token of [undefined, null, "7", 7n, true, [7]]) {
  Deno.test(`check rejects ${Deno.inspect(token)} with a TypeError and asks nothing`, async () => {
    const place = new Place();
    const check = new Fence(place.options).check(token as unknown as number);
    await assert.rejects(check, TypeError);
    assert.deepEqual(place.calls, []);
  });
}

for (const token of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
  Deno.test(`check rejects ${token} with a RangeError and raises nothing`, async () => {
    const fence = new Fence(new Place().options);
    await assert.rejects(fence.check(token), {
      name: "RangeError",
      message: `token must be a whole number from 0 to 9007199254740991, got ${token}`,
    });
    await fence.check(0);
  });
}

Deno.test("Fence refuses to be made without load or store", () => {
  const { load, store } = new Place().options;
  for (const [name, options] of Object.entries({ load: { store }, store: { load } })) {
    assert.throws(() => new Fence(options as FenceOptions), {
      name: "TypeError",
      message: `${name} must be a function, got undefined`,
    });
  }
  assert.throws(() => new (Fence as unknown as new () => Fence)(), TypeError);
});

Deno.test("StaleTokenError names both tokens and what to do", () => {
  const cause = new Error("the reason");
  const error = new StaleTokenError(33, 34, { cause });
  assert.ok(error instanceof Error);
  assert.deepEqual({ ...error }, stale(33, 34));
  assert.equal(error.cause, cause);
  assert.equal(
    error.message,
    "Fencing token 33 is stale, the highest one seen is 34: another leader has taken over, end the work of this term",
  );
});

/** Lets everything that is due happen. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
