import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { DrainTimeoutError, type Term, TermEndedError } from "../../elector/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";

// What work throws after its term has ended says how it stopped, not that the campaign failed.

const never = () => new Promise<never>(() => {});
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

const abortedAs = (signal: AbortSignal, errorOf: (reason: unknown) => Error) =>
  aborted(signal).catch((reason) => Promise.reject(errorOf(reason)));

/** Usual ways to stop when a signal aborts: each of them rejects. */
const WAYS: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> = {
  "the reason itself": aborted,
  "the reason as a cause": (signal) =>
    abortedAs(signal, (cause) => new Error("stopped", { cause })),
  "the reason as a cause of a cause": (signal) =>
    abortedAs(signal, (cause) => new Error("outer", { cause: new Error("inner", { cause }) })),
  "signal.throwIfAborted()": async (signal) => {
    await aborted(signal).catch(() => {});
    signal.throwIfAborted();
  },
  "Promise.any()": (signal) => Promise.any([aborted(signal), aborted(signal)]),
  "Promise.race()": (signal) => Promise.race([aborted(signal), never()]),
  "an AggregateError": (signal) =>
    abortedAs(signal, (reason) => new AggregateError([new Error("other"), reason], "all stopped")),
  "a cause in an AggregateError": (signal) =>
    abortedAs(signal, (cause) => new AggregateError([new Error("one", { cause })], "all stopped")),
  "events.once()": (signal) => once(new EventEmitter(), "never", { signal }),
  "timers/promises": (signal) => delay(2 ** 30, undefined, { signal }),
  "a child AbortController": (signal) => {
    const child = new AbortController();
    signal.addEventListener("abort", () => child.abort());
    return aborted(child.signal);
  },
  "AbortSignal.any()": (signal) => aborted(AbortSignal.any([signal])),
  "a clean-up that the abort cuts short, too": async (signal) => {
    await using _pool = { [Symbol.asyncDispose]: () => aborted(AbortSignal.abort(signal.reason)) };
    await aborted(signal);
  },
  "a DOMException of its own": (signal) =>
    abortedAs(signal, () => new DOMException("gone", "AbortError")),
  "an AbortError of its own": (signal) =>
    abortedAs(signal, () => Object.assign(new Error("gone"), { name: "AbortError" })),
};

/** What the workload of every candidate says here. */
let isReady = true;

/** The ends of a term with which the campaign goes on, and how each comes about. */
const ENDS: Readonly<Record<string, (baz: Candidate) => Promise<void>>> = {
  expired: async (baz) => {
    baz.lock.fate = () => ({ hang: "before" });
    await baz.clock.advance(40_000);
    baz.lock.fate = () => undefined;
  },
  lost: async (baz) => {
    await writeAs(baz.store, byBing(60, 1));
    await baz.clock.advance(15_000);
  },
  resigned: async (baz) => {
    baz.elector.stepDown();
    await baz.clock.advance(0);
  },
  handover: async (baz) => {
    baz.elector.handover("another");
    await baz.clock.advance(0);
  },
  unready: async (baz) => {
    isReady = false;
    await baz.clock.advance(75_000);
    isReady = true;
  },
};

function working(work: (term: Term) => Promise<unknown>): Candidate {
  return new Candidate({ work, isReady: () => isReady });
}

for (const [way, work] of Object.entries(WAYS)) {
  Deno.test(`work that ends by ${way} has obeyed, after a stop and after every other end`, async () => {
    const stopped = await working(({ signal }) => work(signal)).run();
    await stopped.stop();
    await stopped.clock.advance(0);
    assert.equal(stopped.outcome, "ended");
    for (const end of Object.values(ENDS)) {
      const baz = await working(({ signal }) => work(signal)).run();
      await end(baz);
      await baz.clock.advance(200_000);
      baz.shows({ outcome: "running", terms: 2 });
      await baz.end();
      assert.equal(baz.outcome, "ended");
    }
  });
}

for (const [reason, end] of Object.entries(ENDS)) {
  const odd = new Error("the connection pool is gone");
  const work = ({ signal }: Term) => abortedAs(signal, () => odd);

  Deno.test(`what work throws after its term was ${reason} is reported, and the campaign goes on`, async () => {
    const baz = await working(work).run();
    await end(baz);
    await baz.clock.advance(200_000);
    assert.deepEqual(baz.errors.filter((error) => error === odd), [odd]);
    baz.shows({ outcome: "running", terms: 2 });
    await baz.end();
    assert.equal(baz.outcome, odd);
  });

  Deno.test(`lead() rejects with what its work threw as the cause after its term was ${reason}`, async () => {
    const baz = await working(work).lead(work);
    await end(baz);
    await baz.clock.advance(200_000);
    assert.ok(baz.outcome instanceof TermEndedError, String(baz.outcome));
    assert.equal(baz.outcome.reason, reason);
    assert.equal(baz.outcome.cause, odd);
  });
}

Deno.test("what work throws while its term lasts ends the campaign, whatever it is called", async () => {
  const odd = new DOMException("a request of its own was aborted", "AbortError");
  const baz = await new Candidate({ work: () => Promise.reject(odd) }).run();
  assert.equal(baz.outcome, odd);
  assert.equal(baz.record?.holderIdentity, "");
});

Deno.test("what work throws past its deadline, before any timer fired, does not end the campaign", async () => {
  const odd = new Error("too late");
  const start = Promise.withResolvers<void>();
  await using baz = await new Candidate({ work: () => start.promise }).run();
  baz.clock.skip(40_000);
  start.reject(odd);
  await baz.clock.advance(0);
  assert.deepEqual(baz.errors.filter((error) => error === odd), [odd]);
  assert.equal(baz.outcome, "running");
});

Deno.test("what work throws after its campaign has given up waiting for it is reported", async () => {
  const odd = new Error("too late");
  for (const verb of ["run", "lead"] as const) {
    const end = Promise.withResolvers<void>();
    const baz = new Candidate({ work: () => end.promise });
    await (verb === "run" ? baz.run() : baz.lead(() => end.promise));
    if (verb === "run") await baz.stop(30_000);
    else await writeAs(baz.store, byBing(60, 1));
    await baz.clock.advance(60_000);
    assert.ok(baz.outcome instanceof (verb === "run" ? DrainTimeoutError : TermEndedError));
    end.reject(odd);
    await baz.clock.advance(0);
    assert.deepEqual(baz.errors.filter((error) => error === odd), [odd]);
  }
});

Deno.test("what work of lead() throws too late does not end the next campaign", async () => {
  const end = Promise.withResolvers<void>();
  const baz = await new Candidate().lead(() => end.promise);
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(100_000);
  assert.ok(baz.outcome instanceof TermEndedError);
  baz.lock.fate = () => undefined;
  await baz.run();
  end.reject(new Error("too late"));
  await baz.clock.advance(100_000);
  baz.shows({ outcome: "running", terms: 1 });
  await baz.end();
});
