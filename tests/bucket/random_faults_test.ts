import assert from "node:assert/strict";
import type { BucketStore } from "../../bucket/bucket_store.ts";
import { type Fault, faults } from "../../bucket/server/mod.ts";
import { LockConflictError, LockError, UnknownOutcomeError } from "../../lock/mod.ts";
import { settle } from "../contract/world.ts";
import { DIALECTS, LocalBucketWorld, recordText } from "./bucket_world.ts";
import { storm } from "./storm.ts";
import { seededRandom } from "../support/seeded_random.ts";

const SEEDS = 40;
const STORES = 4;
const ROUNDS = 6;

/** Whole numbers below a limit. */
function randomOf(seed: number): (limit: number) => number {
  const random = seededRandom(seed);
  return (limit) => Math.floor(random() * limit);
}

const FAULTS: readonly Fault[] = [...storm(700, 40), faults.storeError(500)];

/** What a store was told of a write. */
interface Told {
  readonly text: string;
  readonly outcome: "success" | "conflict" | "unknown" | "not made";
  /** How many writes had taken effect by then. */
  readonly after: number;
}

for (const dialect of DIALECTS) {
  Deno.test(`what a store says of its writes is true over ${dialect}, whatever fails`, async () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      for (const { outcome } of await play(dialect, seed)) outcomes.add(outcome);
    }
    assert.deepEqual([...outcomes].sort(), ["conflict", "not made", "success", "unknown"]);
  });
}

async function play(dialect: typeof DIALECTS[number], seed: number): Promise<Told[]> {
  const random = randomOf(seed);
  const world = new LocalBucketWorld(dialect, recordText("first", 0));
  const stores: BucketStore[] = [];
  for (let place = 0; place < STORES; place++) stores.push(await world.probedStore());
  /** The texts in the order in which they took effect. */
  const applied: string[] = [];
  world.server.intercept = async (request, proceed, clock) => {
    const watched = async () => {
      const response = await proceed();
      const isWritten = request.method === "PUT" && response.status < 300;
      if (isWritten) applied.push(new TextDecoder().decode(request.body));
      return response;
    };
    const fault = random(3) === 0 ? FAULTS[random(FAULTS.length)] : undefined;
    return fault ? await fault(request, watched, clock) : await watched();
  };
  const told: Told[] = [];
  await settle(
    world.clock,
    Promise.all(stores.map(async (store, place) => {
      for (let round = 1; round <= ROUNDS; round++) {
        const text = recordText(`c${place}`, round, { sequence: round });
        told.push({ text, ...await write(store, text), after: applied.length });
        await world.clock.sleep(random(1_500));
      }
    })),
    50,
  );
  await world.clock.advance(2_000);
  check(told, applied, world.content(), seed);
  return told;
}

async function write(store: BucketStore, text: string): Promise<Pick<Told, "outcome">> {
  let isSent = false;
  try {
    const seen = await store.read();
    isSent = true;
    const written = await store.compareAndSwap(text, seen);
    assert.equal(written.content, text);
    return { outcome: "success" };
  } catch (error) {
    assert.ok(error instanceof LockError, String(error));
    if (!isSent) return { outcome: "not made" };
    if (error instanceof LockConflictError) return { outcome: "conflict" };
    return { outcome: error instanceof UnknownOutcomeError ? "unknown" : "not made" };
  }
}

function check(told: Told[], applied: string[], content: string | undefined, seed: number): void {
  assert.equal(new Set(applied).size, applied.length, `seed ${seed}: a write landed twice`);
  if (applied.length > 0) assert.equal(applied.at(-1), content, `seed ${seed}`);
  for (const { text, outcome, after } of told) {
    const place = applied.indexOf(text);
    const why = `seed ${seed}: ${text} was told "${outcome}"`;
    if (outcome === "success") assert.ok(place >= 0 && place < after, why);
    if (outcome === "not made") assert.equal(place, -1, why);
    // It may have been in effect for a moment; it is not any more, and never comes later.
    if (outcome === "conflict") assert.ok(place < after - 1, why);
  }
}
