/** A leader that is paused between the question whether it still leads and its effect, and what the resource makes of it. */

import assert from "node:assert/strict";
import type { Term } from "../../elector/mod.ts";
import { StaleTokenError } from "../../lock/mod.ts";
import { MemoryStore } from "../../store/mod.ts";
import { Candidate, untilAborted } from "../elector/candidate.ts";

/** What two leaders share, by one of the recipes. */
export interface Resource {
  /** Shows the resource a new leader's token. */
  raise(token: number): unknown;
  /** Writes a text. The leader is paused, if it is, where this calls `pause`. */
  write(token: number, text: string, pause: () => Promise<void>): unknown;
  /** The text that is there now. */
  read(): unknown;
}

/** What happened. */
export interface Outcome {
  /** The fencing tokens of the leader that was paused and of its successor. */
  readonly tokens: readonly [number, number];
  /** What the late write was rejected with; `undefined` if it went through. */
  readonly refusal: unknown;
  /** What the resource holds after the late write, and after one more write of the successor. */
  readonly texts: readonly [unknown, unknown];
}

/** Longer than the failover after a crash can take, with the default timings. */
const PAUSE = 120_000;

/** A candidate with clocks of its own, and a wait for something that its work does, which fails if the work fails first. */
function machine(identity: string, store: MemoryStore, work: (term: Term) => Promise<void>) {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const candidate = new Candidate({
    identity,
    store,
    work: async (term) => {
      await work(term).catch(failed.reject);
    },
  });
  return { candidate, until: <T>(done: Promise<T>) => Promise.race([done, failed.promise]) };
}

/**
 * Elects a leader, pauses it right before a write, lets another take over and write, and wakes the first.
 *
 * @param resource What both write to.
 */
export async function pauseLeader(resource: Resource): Promise<Outcome> {
  const store = new MemoryStore();
  const paused = Promise.withResolvers<Term>();
  const resumed = Promise.withResolvers<void>();
  const late = Promise.withResolvers<unknown>();
  const first = machine("eu-west-1", store, async (term) => {
    await resource.raise(term.token);
    await resource.write(term.token, "by the first leader", async () => {});
    term.assertValid();
    const pause = async () => {
      paused.resolve(term);
      await resumed.promise;
    };
    late.resolve(await refusalOf(async () => await resource.write(term.token, "too late", pause)));
  });
  await first.candidate.run();
  const stale = await first.until(paused.promise);
  assert.equal(await resource.read(), "by the first leader");

  const took = Promise.withResolvers<Term>();
  const second = machine("us-east-1", store, async (term) => {
    await resource.raise(term.token);
    await resource.write(term.token, "by the second leader", async () => {});
    took.resolve(term);
    await untilAborted(term);
  });
  await second.candidate.run(PAUSE);
  const fresh = await second.until(took.promise);
  assert.equal(await resource.read(), "by the second leader");

  first.candidate.clock.skip(PAUSE);
  assert.equal(stale.isValid(), false, "the question was asked before the pause");
  resumed.resolve();
  const refusal = await first.until(late.promise);
  const afterLate = await resource.read();

  assert.ok(fresh.isValid());
  await resource.write(fresh.token, "by the second leader again", async () => {});
  const afterNext = await resource.read();
  for (const { candidate } of [first, second]) {
    await candidate.end();
    assert.equal(candidate.outcome, "ended");
  }
  return { tokens: [stale.token, fresh.token], refusal, texts: [afterLate, afterNext] };
}

/** Fails unless the resource refuses a paused leader, and goes on with the one that leads. */
export async function assertRefusesPausedLeader(resource: Resource): Promise<void> {
  const { tokens, refusal, texts } = await pauseLeader(resource);
  assert.deepEqual(texts, ["by the second leader", "by the second leader again"]);
  assert.ok(refusal instanceof StaleTokenError, `not refused as stale: ${Deno.inspect(refusal)}`);
  assert.deepEqual([refusal.token, refusal.highest], tokens);
}

async function refusalOf(write: () => Promise<unknown>): Promise<unknown> {
  try {
    await write();
    return undefined;
  } catch (error) {
    return error;
  }
}
