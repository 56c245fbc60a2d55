import assert from "node:assert/strict";
import type { Event, Outcome } from "../../../elector/machine/events.ts";
import type { Observation, State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";
import { FOLLOWER as SITUATION, GIT, HELD, READ as FIRST_READ, startsTerm } from "./situation.ts";

// Interleavings that need a stale read or a lost answer, one step each.

const CONFIG = { ...GIT, session: "baz's", readyGrace: GIT.leaseDuration };
const NOW = { monotonic: 100_000, wall: 100_000, random: 0, isReady: true };

const READ = { ...FIRST_READ, id: 9 };

/** What a follower saw of bing's write 4 at 50 s. */
const BINGS: Observation = {
  ...HELD,
  ...{ version: "v4", session: "bing's", sequence: 4, token: 2 },
  ...{ at: 50_000, versionAt: 50_000, termAt: 20_000 },
};
const FOLLOWER: State = {
  ...SITUATION,
  observed: BINGS,
  superseded: ["v2", "v3"],
  firstReadAt: 0,
  highestToken: 2,
  readiness: { isReady: true, since: 0 },
  call: READ,
  calls: 9,
};

const write = (id: number, at: number) => ({
  id,
  sentAt: { monotonic: at, wall: at },
  token: 2,
  acquireTime: 20_000,
});
/** A leader whose write 4 is known in effect, and whose renewal 6 is not. */
const LEADER: State = {
  ...FOLLOWER,
  observed: { ...BINGS, holder: "baz", session: "baz's" },
  leader: "baz",
  startedToken: 2,
  working: true,
  lease: { ...write(4, 80_000), open: true, reason: undefined, preferredHolder: "" },
  unclear: write(6, 95_000),
  mustRead: true,
};

/** A follower whose claim is unclear, and what its record says if it took effect. */
const CLAIMANT: State = { ...FOLLOWER, unclear: { ...write(7, 98_000), token: 3 } };
const CLAIM = { holderIdentity: "baz", session: "baz's", leaderTransitions: 3, sequence: 7 };

function find(
  before: State,
  keys: Partial<LeaderElectionRecord>,
  version: string,
  now: Partial<typeof NOW> & { isProven?: boolean; own?: boolean } = {},
) {
  const { isProven = true, own = false, ...clocks } = now;
  const record = {
    ...EMPTY_RECORD,
    holderIdentity: before.observed?.holder ?? "",
    leaseDurationSeconds: 60,
    leaderTransitions: 2,
    session: before.observed?.session ?? "",
    sequence: 4,
    rank: 0,
    ...keys,
  };
  const outcome: Outcome = { type: "record", observed: { record, version, own, isProven } };
  const event: Event = { type: "answer", id: before.call?.id ?? 0, outcome };
  return step(CONFIG, before, event, { ...NOW, ...clocks });
}

const REQUEST = { preferredHolder: "bong", requestedBy: "an operator" };
const sentBy = ({ effects }: ReturnType<typeof step>) =>
  effects.find((effect) => effect.type === "call");
const ended = ({ effects }: ReturnType<typeof step>) =>
  effects.flatMap((effect) => effect.type === "endTerm" ? [effect.reason] : []);

Deno.test("a request keeps the first sight of the write below it, and the longer of the two leases", () => {
  const longer = find(FOLLOWER, { ...REQUEST, leaseDurationSeconds: 90 }, "v5").state.observed;
  assert.deepEqual([longer?.at, longer?.duration, longer?.version], [50_000, 90_000, "v5"]);
  const named = find(FOLLOWER, { ...REQUEST, requestedOn: "v4" }, "v5").state;
  assert.equal(named.observed?.at, 50_000);
  const again = find({ ...named, call: READ }, { ...REQUEST, requestedOn: "v4" }, "v6").state;
  assert.equal(again.observed?.at, 50_000);
  // A request on the same text under yet another version: a person put that back.
  const back = find({ ...named, call: READ }, { ...REQUEST, requestedOn: "v6" }, "v7").state;
  assert.equal(back.observed?.at, 100_000);
  const shorter = find(FOLLOWER, { ...REQUEST, leaseDurationSeconds: 1 }, "v5").state.observed;
  assert.deepEqual([shorter?.at, shorter?.duration], [50_000, 60_000]);
});

Deno.test("another write, a manual release and an older text that a person puts back restart the wait", () => {
  const cases: Partial<LeaderElectionRecord>[] = [
    { ...REQUEST, sequence: 5 },
    { ...REQUEST, leaderTransitions: 3 },
    { ...REQUEST, session: "another's" },
    { ...REQUEST, holderIdentity: "bong" },
    { ...REQUEST, holderIdentity: "" },
    {},
    { preferredHolder: "bong" },
    { requestedBy: "an operator" },
    { preferredHolder: "bing", requestedBy: "an operator" },
    { ...REQUEST, requestedOn: "v3" },
  ];
  for (const keys of cases) {
    const { state } = find(FOLLOWER, keys, "v5");
    assert.equal(state.observed?.at, 100_000, JSON.stringify(keys));
  }
});

Deno.test("records without a sequence, or without a session, are never the same write", () => {
  const observed = { ...BINGS, sequence: undefined, session: undefined };
  const { session: _, sequence: __, ...anonymous } = { session: "", sequence: 0, ...REQUEST };
  const record = { ...EMPTY_RECORD, holderIdentity: "bing", leaderTransitions: 2, ...anonymous };
  const outcome: Outcome = { type: "record", observed: { record, version: "v5", own: false } };
  const event: Event = { type: "answer", id: READ.id, outcome };
  const { state } = step(CONFIG, { ...FOLLOWER, observed }, event, NOW);
  assert.equal(state.observed?.at, 100_000);
});

Deno.test("a record of an earlier write in the observed term is stale, whatever its version", () => {
  for (const keys of [{ sequence: 3 }, { sequence: 3, ...REQUEST }]) {
    const { state } = find(FOLLOWER, keys, "never seen");
    assert.equal(state.observed?.version, "v4");
  }
  const deaf = { ...FOLLOWER, observed: { ...BINGS, versionAt: 39_000 } };
  assert.equal(find(deaf, { sequence: 3 }, "never seen").state.observed?.at, 100_000);
});

Deno.test("a write without the request that was seen on it is stale", () => {
  const asked = find(FOLLOWER, REQUEST, "v5").state;
  const again = { ...asked, call: READ };
  for (const version of ["v4", "never seen"]) {
    assert.equal(find(again, {}, version).state.observed?.version, "v5");
  }
  // Of two requests on one write neither proves which came first.
  const other = find(again, { ...REQUEST, preferredHolder: "third" }, "v6").state;
  const back = find({ ...other, call: READ }, REQUEST, "v5").state;
  assert.deepEqual([back.observed?.version, back.observed?.at], ["v5", 50_000]);
});

Deno.test("what is merely shown as a request, and proven to be another write, counts from its version's first sight", () => {
  const shown = find(FOLLOWER, REQUEST, "v5", { isProven: false }).state;
  assert.equal(shown.observed?.at, 50_000);
  const later = { monotonic: 103_000 };
  const same = find({ ...shown, call: READ }, REQUEST, "v5", later).state;
  assert.equal(same.observed?.at, 50_000);
  const other = find({ ...shown, call: READ }, { sequence: 5 }, "v5", later).state;
  assert.deepEqual([other.observed?.at, other.observed?.sequence], [100_000, 5]);
});

Deno.test("a lost claim hides no first sight: a request got ahead, and the next read claims", () => {
  const lapsed = find(FOLLOWER, {}, "v4", { monotonic: 115_000 });
  assert.equal(sentBy(lapsed)?.call.purpose, "claim");
  const lost = step(
    CONFIG,
    lapsed.state,
    { type: "answer", id: lapsed.state.call?.id ?? 0, outcome: { type: "conflict" } },
    { ...NOW, monotonic: 115_200 },
  );
  assert.ok(lost.wakeAt <= 120_200);
  const read = step(CONFIG, lost.state, { type: "tick" }, { ...NOW, monotonic: 120_200 });
  assert.equal(read.state.call?.purpose, "read");
  // The version that is known to be replaced proves nothing; a request on top keeps the first sight.
  const later = { monotonic: 120_300 };
  const stale = find(read.state, {}, "v4", later);
  assert.equal(stale.state.call, undefined);
  const found = find(read.state, { ...REQUEST, preferredHolder: "baz" }, "v5", later);
  assert.equal(found.state.call?.purpose, "claim");
  const won = find(read.state, { holderIdentity: "bong", session: "bong's" }, "v5", later);
  assert.equal(won.state.call, undefined);
  assert.equal(won.state.observed?.at, 120_300);
});

Deno.test("a stale request on the write that is known in effect ends the term, but is not a loss, and clears nothing", () => {
  const result = find(LEADER, REQUEST, "v5");
  assert.deepEqual(ended(result), ["handover"]);
  const { lease, unclear, call } = result.state;
  assert.equal(lease?.preferredHolder, "bong");
  assert.equal(lease?.sentAt.monotonic, 80_000);
  assert.equal(unclear?.id, 6);
  // The next write follows that version, with the name.
  assert.equal(call?.purpose, "renew");
  const sent = sentBy(result);
  assert.deepEqual([sent?.version, sent?.record?.preferredHolder], ["v5", "bong"]);
});

Deno.test("a request on the write whose outcome was unclear shows that it is in effect", () => {
  const result = find(LEADER, { ...REQUEST, sequence: 6 }, "v5");
  assert.deepEqual(ended(result), ["handover"]);
  assert.equal(result.state.unclear, undefined);
  assert.equal(result.state.lease?.sentAt.monotonic, 95_000);
});

Deno.test("a person's edit of the holder's newest write is not a loss; an older one, or another term's, is", () => {
  assert.deepEqual(ended(find(LEADER, { strategy: "edited" }, "v5")), []);
  const others = [
    ...[{ sequence: 3 }, { sequence: 3, ...REQUEST }, { holderIdentity: "" }],
    ...[{ leaderTransitions: 3 }, { session: "another baz's" }],
    { ...REQUEST, session: "another's" },
  ];
  for (const keys of others) assert.deepEqual(ended(find(LEADER, keys, "v5")), ["lost"]);
});

Deno.test("a request on a claim that was unclear begins no term, and the lock is released to the name", () => {
  const result = find(CLAIMANT, { ...CLAIM, ...REQUEST }, "v5");
  assert.ok(!startsTerm(result));
  assert.equal(result.state.call?.purpose, "release");
  assert.equal(sentBy(result)?.record?.preferredHolder, "bong");
  assert.ok(startsTerm(find(CLAIMANT, CLAIM, "v5")));
});

Deno.test("a request on what a claim follows leaves the claim's outcome open", () => {
  assert.equal(find(CLAIMANT, REQUEST, "v5").state.unclear?.id, 7);
});

Deno.test("a request on a record under this candidate's name reports no second process", () => {
  const observed = { ...BINGS, holder: "baz", session: "an earlier baz's" };
  const { effects } = find({ ...FOLLOWER, observed }, REQUEST, "v5");
  assert.ok(!effects.some(({ type }) => type === "report"));
  const renewed = find({ ...FOLLOWER, observed }, { sequence: 5 }, "v5").effects;
  assert.ok(renewed.some(({ type }) => type === "report"));
});

Deno.test("a claim that is found in effect after the grace period of an unready candidate begins no term", () => {
  const findSince = (since: number) =>
    find({ ...CLAIMANT, readiness: { isReady: false, since } }, CLAIM, "v5", { isReady: false });
  const late = findSince(100_000 - CONFIG.readyGrace);
  assert.ok(!startsTerm(late));
  assert.equal(late.state.call?.purpose, "release");
  const inTime = findSince(100_001 - CONFIG.readyGrace);
  assert.ok(startsTerm(inTime));
  assert.equal(inTime.wakeAt, 100_001);
});

Deno.test("a handover to oneself, or of no term, does nothing", () => {
  const leader: State = { ...LEADER, unclear: undefined, mustRead: false, call: undefined };
  const handover = (before: State, to: string) =>
    step(CONFIG, before, { type: "handover", to }, NOW);
  assert.deepEqual(ended(handover(leader, "baz")), []);
  assert.equal(handover(leader, "baz").state.lease?.preferredHolder, "");
  assert.deepEqual(ended(handover(FOLLOWER, "bong")), []);
  assert.deepEqual(ended(handover(leader, "bong")), ["handover"]);
});
