import assert from "node:assert/strict";
import { BUCKET_TIMINGS, initBucket } from "../../bucket/mod.ts";
import { type Fault, faults } from "../../bucket/server/mod.ts";
import { failoverBounds } from "../../elector/mod.ts";
import { DEFAULT_TIMINGS } from "../../elector/timings.ts";
import { parseRecord } from "../../lock/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { type BucketCandidate, Cable, campaign } from "./bucket_candidate.ts";
import { DIALECTS, isLock, LocalBucketWorld, recordText } from "./bucket_world.ts";
import { storm } from "./storm.ts";

// Elections over the local bucket server, in virtual time, with the timings that a bucket has by default.

const { leaseDuration: L, renewDeadline: D, retryPeriod: R, pollPeriod: P } = BUCKET_TIMINGS;
const RELEASED = recordText("", 6);
/** No race: that the store swaps in one step is not the question here. */
const INIT = { tokenFloor: 6, race: { writers: 2, rounds: 1 } };
const RTT = 60;
const IDENTITIES = ["a", "b", "c"];

/** Google takes one write of an object a second. */
const QUIRKS = {
  s3: {},
  gcs: { writeInterval: 1_000 },
  azure: {},
};

/** Candidates with a round trip between them and the bucket, each with randomness of its own. */
function start(world: LocalBucketWorld, seed: number, identities = IDENTITIES) {
  const random = seededRandom(seed);
  return identities.map((identity) => {
    const cable = new Cable(world);
    const lock = world.freshLock(identity, { fetch: cable.fetch, random });
    return { identity, cable, candidate: campaign(world, lock, { random }) };
  });
}

function slowWorld(dialect: typeof DIALECTS[number], content: string): LocalBucketWorld {
  const world = new LocalBucketWorld(dialect, content, { quirks: QUIRKS[dialect] });
  world.server.intercept = faults.delayed(RTT / 2, RTT / 2);
  return world;
}

function leaders(candidates: readonly { readonly candidate: BucketCandidate }[]): number[] {
  return candidates.flatMap(({ candidate }, place) => candidate.elector.isLeader() ? [place] : []);
}

/** Lets time pass until exactly one candidate leads; returns how long that took, and which it is. */
async function untilLed(
  world: LocalBucketWorld,
  candidates: readonly { readonly candidate: BucketCandidate }[],
  longest: number,
): Promise<{ ms: number; place: number }> {
  for (let ms = 0; ms <= longest; ms += 10) {
    const [place, ...others] = leaders(candidates);
    assert.equal(others.length, 0, "two candidates lead");
    if (place !== undefined) return { ms, place };
    await world.clock.advance(10);
  }
  throw new Error(`Nobody leads after ${longest} ms`);
}

async function end(
  world: LocalBucketWorld,
  candidates: readonly { readonly candidate: BucketCandidate }[],
): Promise<void> {
  for (const { candidate } of candidates) candidate.stop();
  await world.clock.advance(60_000);
}

/** How many seeds each test plays. */
interface Seeds {
  readonly failovers: number;
  readonly claims: number;
  readonly storms: number;
}

/** Registers the tests of elections over each kind of bucket. */
export function testElections(seeds: Seeds): void {
  for (const dialect of DIALECTS) testOver(dialect, seeds);
}

function testOver(dialect: typeof DIALECTS[number], { failovers, claims, storms }: Seeds): void {
  Deno.test(`a leader over ${dialect} that crashes is followed within the bound, with a higher token`, async () => {
    const { crash } = failoverBounds({ ...DEFAULT_TIMINGS, ...BUCKET_TIMINGS });
    for (let seed = 1; seed <= failovers; seed++) {
      const world = slowWorld(dialect, RELEASED);
      const all = start(world, seed);
      const { place } = await untilLed(world, all, 20_000);
      await world.clock.advance(20_000 + seed * 317);
      const leader = all[place]!;
      leader.cable.cut();
      const others = all.filter((one) => one !== leader);
      const { ms, place: next } = await untilLed(world, others, crash);
      assert.ok(ms > L - R - P && ms <= L + P * 1.5, `seed ${seed}: ${ms} ms`);
      assert.equal(leader.candidate.elector.isLeader(), false);
      assert.equal(others[next]?.candidate.terms[0]?.token, 8);
      await end(world, all);
    }
  });

  Deno.test(`a leader over ${dialect} that stops is followed within a poll and two requests`, async () => {
    for (let seed = 1; seed <= failovers; seed++) {
      const world = slowWorld(dialect, RELEASED);
      const all = start(world, seed);
      const { place } = await untilLed(world, all, 20_000);
      // Google would make a release wait that comes within a second of a renewal.
      await world.clock.advance(30_000);
      const leader = all[place]!;
      leader.candidate.stop();
      const others = all.filter((one) => one !== leader);
      const { ms } = await untilLed(world, others, 10_000);
      const pause = dialect === "gcs" ? 3_000 : 0;
      assert.ok(ms <= P + 4 * RTT + pause, `seed ${seed}: ${ms} ms`);
      assert.equal(leader.candidate.outcome, "ended");
      await end(world, all);
      assert.equal(parseRecord(world.content() ?? "").holderIdentity, "");
    }
  });

  Deno.test(`of two candidates over ${dialect} that start at once on a fresh lock one leads, with one token, at one refused write each at most`, async () => {
    for (let seed = 1; seed <= claims; seed++) {
      // Every fifth takes over a lock that was released.
      const isFresh = seed % 5 !== 0;
      const content = isFresh ? undefined : RELEASED;
      const world = new LocalBucketWorld(dialect, content, { quirks: QUIRKS[dialect] });
      const created = initBucket({ ...world.options(), ...INIT });
      await world.clock.advance(10_000);
      assert.equal((await created).isCreated, isFresh);
      const random = seededRandom(seed);
      const refused: Record<string, number> = {};
      world.server.intercept = async (request, proceed, clock) => {
        await clock.sleep(10 + random() * 40);
        const response = await proceed();
        const isWrite = request.method === "PUT" && isLock(request);
        if (isWrite && response.status >= 400) {
          const { holderIdentity } = parseRecord(new TextDecoder().decode(request.body));
          refused[holderIdentity] = (refused[holderIdentity] ?? 0) + 1;
        }
        await clock.sleep(10 + random() * 40);
        return response;
      };
      const all = start(world, seed, ["a", "b"]);
      await world.clock.advance(L + 10_000);
      assert.equal(leaders(all).length, 1, `seed ${seed}`);
      const terms = all.flatMap(({ candidate }) => candidate.terms);
      assert.deepEqual(terms.map(({ token }) => token), [7], `seed ${seed}`);
      for (const count of Object.values(refused)) assert.ok(count <= 1, `seed ${seed}: ${count}`);
      await end(world, all);
    }
  });

  Deno.test(`a renewal over ${dialect} is one request, and so is a poll, which an unchanged object answers by 304`, async () => {
    const world = new LocalBucketWorld(dialect, RELEASED);
    const requests = { a: [] as string[], b: [] as string[] };
    const begin = (identity: "a" | "b") => {
      const { fetch } = new Cable(world, ({ method }) => requests[identity].push(method));
      return campaign(world, world.freshLock(identity, { fetch }));
    };
    const a = begin("a");
    await world.clock.advance(1_000);
    const b = begin("b");
    await world.clock.advance(29_000);
    requests.a.length = requests.b.length = 0;
    world.server.resetCounts();
    const minutes = 10;
    await world.clock.advance(minutes * 60_000);
    assert.deepEqual(new Set(requests.a), new Set(["PUT"]));
    assert.equal(requests.a.length, minutes * 60_000 / R);
    assert.deepEqual(new Set(requests.b), new Set(["GET"]));
    const polls = requests.b.length;
    assert.ok(polls >= minutes * 60_000 / P && polls <= minutes * 60_000 / (0.8 * P), `${polls}`);
    const { reads, writes, statuses } = world.server.counts;
    assert.equal(reads, polls);
    assert.equal(writes, requests.a.length);
    // A renewal is seen once; every other poll finds nothing new.
    const written = dialect === "azure" ? statuses[201] : writes;
    assert.equal(written, writes);
    const seen = (statuses[200] ?? 0) - (dialect === "azure" ? 0 : writes);
    assert.ok(Math.abs(seen - writes) <= 1, JSON.stringify(statuses));
    assert.ok(Math.abs((statuses[304] ?? 0) - (polls - writes)) <= 1, JSON.stringify(statuses));
    a.stop();
    b.stop();
    await world.clock.advance(1_000);
  });

  Deno.test(`never two lead over ${dialect}, whatever fails, and when it is over, one does`, async () => {
    let terms = 0;
    for (let seed = 1; seed <= storms; seed++) terms += await playStorm(dialect, seed);
    assert.ok(terms > 2 * storms, `only ${terms} terms`);
  });
}

const STORM: readonly Fault[] = [...storm(5_000, 2_000), faults.hanging({ applied: true })];

/** Minutes of faults, in some of which a third to all requests fail, and then calm; returns how many terms there were. */
async function playStorm(dialect: typeof DIALECTS[number], seed: number): Promise<number> {
  const random = seededRandom(seed);
  const world = slowWorld(dialect, RELEASED);
  const calm = world.server.intercept;
  let share = 0;
  world.server.intercept = async (request, proceed, clock) => {
    const fault = random() < share ? STORM[Math.floor(random() * STORM.length)] : undefined;
    return await (fault ?? faults.delayed(RTT / 2, RTT / 2))(request, proceed, clock);
  };
  const all = start(world, seed);
  for (let passed = 0; passed < 300_000; passed += 250) {
    if (passed % 30_000 === 0) share = [0, 0.3, 0.6, 0.9][Math.floor(random() * 4)] ?? 0;
    await world.clock.advance(250);
    assert.ok(leaders(all).length <= 1, `seed ${seed}: two lead at ${passed}`);
  }
  world.server.intercept = calm;
  await untilLed(world, all, 2 * (L + D));
  const tokens = all.flatMap(({ candidate }) => candidate.terms.map(({ token }) => token));
  assert.equal(new Set(tokens).size, tokens.length, `seed ${seed}: ${tokens}`);
  for (const { candidate } of all) {
    assert.equal(candidate.outcome, "running");
    const own = candidate.terms.map(({ token }) => token);
    assert.deepEqual(own, own.toSorted((x, y) => x - y));
  }
  await end(world, all);
  return tokens.length;
}
