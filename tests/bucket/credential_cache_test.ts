import assert from "node:assert/strict";
import { CredentialCache } from "../../bucket/credentials/cache.ts";
import type { BucketCredentials } from "../../bucket/credentials/credentials.ts";
import { escapeText, FakeClock, LockAccessError, LockUnavailableError } from "../../lock/mod.ts";

const MINUTE = 60_000;

/** A cache, and a provider that counts; each answer is what `next` says at that time. */
function world(life = 60 * MINUTE) {
  const clock = new FakeClock();
  const world = {
    clock,
    life: life as number | undefined,
    calls: 0,
    warnings: [] as string[],
    next: undefined as (() => Promise<unknown>) | undefined,
    cache: undefined as unknown as CredentialCache,
  };
  world.cache = new CredentialCache({
    dialect: "gcs",
    clock,
    provider: () => {
      world.calls++;
      if (world.next) return world.next() as Promise<BucketCredentials>;
      const expiration = world.life === undefined ? {} : {
        expiration: new Date(clock.wall() + world.life),
      };
      return Promise.resolve({ accessToken: `token-${world.calls}`, ...expiration });
    },
    requestTimeout: 3_000,
    redact: escapeText,
    onCredentials: () => {},
    onWarning: (message) => world.warnings.push(message),
  });
  return world;
}

async function tokenOf(cache: CredentialCache): Promise<string> {
  const credentials = await cache.get();
  return "accessToken" in credentials ? credentials.accessToken : "";
}

/** A world that has fetched its first credentials, some time ago. */
async function fetched(ago: number, life?: number) {
  const w = world(life);
  await w.cache.get();
  await w.clock.advance(ago);
  return w;
}

const never = () => new Promise<never>(() => {});

Deno.test("credentials are fetched once, and once for all who ask at the same time", async () => {
  const w = world();
  await Promise.all([w.cache.get(), w.cache.get(), w.cache.get()]);
  assert.equal(await tokenOf(w.cache), "token-1");
  assert.equal(w.calls, 1);
});

Deno.test("credentials without an end are never refreshed", async () => {
  const w = world();
  w.life = undefined;
  await w.cache.get();
  await w.clock.advance(100_000 * MINUTE);
  assert.equal(await tokenOf(w.cache), "token-1");
  assert.equal(w.calls, 1);
});

Deno.test("credentials are refreshed 5 minutes before their end, and no call waits for it", async () => {
  const w = await fetched(55 * MINUTE - 1);
  assert.equal(await tokenOf(w.cache), "token-1");
  assert.equal(w.calls, 1);
  await w.clock.advance(1);
  let answer = () => {};
  w.next = () =>
    new Promise((resolve) => {
      const expiration = new Date(w.clock.wall() + 60 * MINUTE);
      answer = () => resolve({ accessToken: "token-new", expiration });
    });
  for (let i = 0; i < 3; i++) assert.equal(await tokenOf(w.cache), "token-1");
  assert.equal(w.calls, 2);
  answer();
  await w.clock.advance(0);
  assert.equal(await tokenOf(w.cache), "token-new");
  assert.equal(w.calls, 2);
});

Deno.test("short-lived credentials are refreshed at half of their life", async () => {
  const w = await fetched(2 * MINUTE - 1, 4 * MINUTE);
  await w.cache.get();
  assert.equal(w.calls, 1);
  await w.clock.advance(1);
  await w.cache.get();
  assert.equal(w.calls, 2);
});

Deno.test("a machine that was suspended does not use credentials that have expired meanwhile", async () => {
  const w = await fetched(0);
  w.clock.stepWall(61 * MINUTE);
  assert.equal(await tokenOf(w.cache), "token-2");
});

Deno.test("a wall clock that is ahead does not fetch credentials at each request", async () => {
  const w = await fetched(20_000, -60 * MINUTE);
  await w.cache.get();
  assert.equal(w.calls, 1);
});

Deno.test("expired credentials are waited for; where they cannot be had, the server decides", async () => {
  const w = await fetched(60 * MINUTE);
  w.next = () => Promise.reject(new LockUnavailableError("no metadata"));
  assert.equal(await tokenOf(w.cache), "token-1");
  assert.deepEqual(w.warnings, ["The credentials cannot be refreshed: no metadata"]);
  // Not asked again at once.
  assert.equal(await tokenOf(w.cache), "token-1");
  assert.equal(w.calls, 2);
  await w.clock.advance(10_000);
  w.next = undefined;
  assert.equal(await tokenOf(w.cache), "token-3");
});

Deno.test("a refresh that fails is warned of once, and tried again after a pause", async () => {
  const w = await fetched(55 * MINUTE);
  w.next = () => Promise.reject(new Error("broken\u001b[31m"));
  for (let i = 0; i < 6; i++) {
    assert.equal(await tokenOf(w.cache), "token-1");
    await w.clock.advance(5_000);
  }
  assert.equal(w.calls, 4);
  assert.deepEqual(w.warnings, [
    "The credentials cannot be refreshed: Cannot get credentials: broken\\u{1b}[31m",
  ]);
  // The next failure after a success is reported again.
  const fails = w.next;
  w.next = undefined;
  await w.cache.get();
  await w.clock.advance(55 * MINUTE);
  w.next = fails;
  assert.equal(await tokenOf(w.cache), "token-5");
  await w.clock.advance(0);
  assert.equal(w.warnings.length, 2);
});

Deno.test("refused credentials are replaced once, also if several calls were refused", async () => {
  const w = world();
  const refused = await w.cache.get();
  const others = await Promise.all([w.cache.replace(refused), w.cache.replace(refused)]);
  const late = await w.cache.replace(refused);
  const tokens = [...others, late].map((other) => other && Reflect.get(other, "accessToken"));
  assert.deepEqual(tokens, ["token-2", "token-2", "token-2"]);
  assert.equal(w.calls, 2);
});

Deno.test("refused credentials that the provider has no others for are not replaced", async () => {
  const w = world();
  w.next = () => Promise.resolve({ accessToken: "static", expiration: new Date(w.clock.wall()) });
  const refused = await w.cache.get();
  await w.clock.advance(1_000);
  assert.equal(await w.cache.replace(refused), undefined);
});

Deno.test("a provider that hangs is given up, and asked again", async () => {
  const w = world();
  w.next = never;
  const first = w.cache.get();
  first.catch(() => {});
  await w.clock.advance(20_000);
  await assert.rejects(first, {
    name: "LockUnavailableError",
    message: "Cannot get credentials: their provider did not respond within 20000 ms",
  });
  w.next = undefined;
  assert.equal(await tokenOf(w.cache), "token-2");
});

Deno.test("a call of the provider that hangs does not hold up the next, and is overtaken", async () => {
  const w = world();
  const answers: ((token: string) => void)[] = [];
  w.next = () =>
    new Promise((resolve) =>
      answers.push((accessToken) => resolve({ accessToken, expiration: new Date(MINUTE) }))
    );
  const first = tokenOf(w.cache);
  await w.clock.advance(2_999);
  const second = tokenOf(w.cache);
  assert.equal(w.calls, 1);
  await w.clock.advance(1);
  const third = tokenOf(w.cache);
  assert.equal(w.calls, 2);
  answers[1]?.("new");
  assert.equal(await third, "new");
  answers[0]?.("old");
  assert.deepEqual(await Promise.all([first, second]), ["new", "new"]);
  assert.equal(await tokenOf(w.cache), "new");
});

Deno.test("with expired credentials no call waits for a provider that hangs: the server decides", async () => {
  const w = world(MINUTE);
  const held = await w.cache.get();
  await w.clock.advance(2 * MINUTE);
  w.next = never;
  const pending = w.cache.get();
  await w.clock.advance(750);
  assert.deepEqual(await pending, held);
  assert.deepEqual(w.warnings, [
    "The credentials cannot be refreshed: Cannot get credentials: their provider did not respond within 750 ms",
  ]);
});

Deno.test("the end of a call that was overtaken starts no further call", async () => {
  const w = world();
  const fails: ((error: Error) => void)[] = [];
  w.next = () => new Promise((_, reject) => fails.push(reject));
  const first = w.cache.get();
  await w.clock.advance(3_000);
  const second = w.cache.get();
  second.catch(() => {});
  fails[0]?.(new Error("late"));
  await assert.rejects(first);
  w.cache.get().catch(() => {});
  assert.equal(w.calls, 2);
  fails[1]?.(new Error("late"));
  await assert.rejects(second);
});

Deno.test("a call that is aborted while expired credentials are fetched rejects, and reports nothing", async () => {
  const w = await fetched(60 * MINUTE);
  w.next = never;
  const aborted = new AbortController();
  const pending = w.cache.get(aborted.signal);
  aborted.abort("no longer wanted");
  await assert.rejects(pending, (reason) => reason === "no longer wanted");
  assert.deepEqual(w.warnings, []);
});

Deno.test("one object that its provider changes in place is taken for other credentials", async () => {
  const w = world();
  const given = { accessToken: "one", expiration: new Date(MINUTE) };
  w.next = () => Promise.resolve(given);
  const refused = await w.cache.get();
  given.accessToken = "two";
  given.expiration.setTime(NaN);
  assert.deepEqual(await w.cache.get(), refused);
  given.expiration.setTime(MINUTE);
  assert.deepEqual(await w.cache.replace(refused), given);
});

Deno.test("a call that is given up does not end the fetch that others wait for", async () => {
  const w = world();
  let answer = () => {};
  w.next = () => new Promise((resolve) => answer = () => resolve({ accessToken: "token" }));
  const giveUp = new AbortController();
  const first = w.cache.get(giveUp.signal);
  const second = tokenOf(w.cache);
  giveUp.abort("given up");
  await assert.rejects(first, (reason) => reason === "given up");
  answer();
  assert.equal(await second, "token");
});

function broken(): never {
  throw new Error("broken");
}

const END = { accessToken: "SECRET", expiration: 5 };
const LINE_BREAK =
  /accessToken must be visible ASCII of its kind, got something else: check for a line break/;
const NO_ROLE = new LockAccessError("no role");
const WRONG: readonly [what: string, provide: () => unknown, error: string, says: RegExp][] = [
  ["nothing", () => undefined, "Access", /must be \{ accessToken \}$/],
  ["another kind", () => ({ sasToken: "sig=SECRET" }), "Access", /must be \{ acc/],
  ["a line break", () => ({ accessToken: "SECRET\n" }), "Access", LINE_BREAK],
  ["a number as an end", () => END, "Access", /expiration must be a valid Date/],
  ["an error at once", broken, "Unavailable", /^Cannot get credentials: broken$/],
  ["a rejection with a text", () => Promise.reject("broken"), "Unavailable", /broken/],
  ["an access error", () => Promise.reject(NO_ROLE), "Access", /^no role$/],
];

for (const [what, provide, kind, says] of WRONG) {
  Deno.test(`a provider that answers with ${what} is an error that quotes no credential`, async () => {
    const w = world();
    w.next = provide as () => Promise<unknown>;
    await assert.rejects(w.cache.get(), (error: Error) => {
      assert.equal(error.name, `Lock${kind}Error`);
      assert.match(error.message, says);
      assert.ok(!Deno.inspect(error).includes("SECRET"));
      return true;
    });
  });
}
