import assert from "node:assert/strict";
import { checkPreference, DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { step } from "../../../elector/machine/step.ts";
import type { Event } from "../../../elector/machine/events.ts";
import { type Call, INITIAL_STATE, type State } from "../../../elector/machine/state.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";

const CONFIG = {
  ...DEFAULT_TIMINGS,
  ...checkPreference({}, DEFAULT_TIMINGS.leaseDuration),
  identity: "baz",
  session: "this campaign",
  requests: { read: 1, write: 1 },
  keepsLostWrites: false,
};
const NOW = { monotonic: 100_000, wall: 100_000, random: 0, isReady: true };
const SENT_AT = { monotonic: 99_000, wall: 99_000 };

/** A candidate that claimed with token 2, does not know what came of it, and reads. */
const READ: Call = {
  id: 7,
  purpose: "read",
  proof: true,
  sentAt: 99_500,
  timeoutAt: 109_500,
  write: undefined,
};
const UNCLEAR: State = {
  ...INITIAL_STATE,
  started: true,
  observed: {
    version: "v1",
    holder: "bing",
    session: "another",
    sequence: undefined,
    rank: undefined,
    preferredHolder: "",
    isRequest: false,
    requestedOn: undefined,
    token: 1,
    isProven: true,
    duration: 60_000,
    at: 30_000,
    versionAt: 30_000,
    termAt: 30_000,
    isReplaced: false,
    spread: 0,
  },
  highestToken: 1,
  startedToken: 0,
  unclear: { id: 6, token: 2, sentAt: SENT_AT, acquireTime: 99_000 },
  mustRead: true,
  call: READ,
  calls: 7,
};

/** The read finds a record under this candidate's name. */
function find(keys: Partial<LeaderElectionRecord>) {
  const record = {
    ...EMPTY_RECORD,
    holderIdentity: "baz",
    leaseDurationSeconds: 60,
    leaderTransitions: 2,
    session: "this campaign",
    sequence: 6,
    ...keys,
  };
  const outcome = { type: "record", observed: { record, version: "v2", own: true } } as const;
  return step(CONFIG, UNCLEAR, { type: "answer", id: READ.id, outcome }, NOW);
}

Deno.test("step() begins the term, as of the unclear claim, where a read finds that claim", () => {
  const { state, effects } = find({});
  assert.deepEqual(state.lease?.sentAt, SENT_AT);
  assert.ok(effects.some(({ type }) => type === "startTerm"));
});

Deno.test("step() takes a record of an earlier write for no claim that is under way", () => {
  const { state, effects } = find({ sequence: 5 });
  assert.equal(state.lease, undefined);
  assert.deepEqual(effects.map(({ type }) => type), ["newLeader"]);
});

Deno.test("step() takes a record of another campaign with the same lock for no claim of its own", () => {
  const { state, effects } = find({ session: "another campaign" });
  assert.equal(state.lease, undefined);
  assert.deepEqual(effects.map(({ type }) => type), ["newLeader"]);
});

Deno.test("step() does nothing before the start of a campaign, nor after its end", () => {
  const events: Event[] = [
    { type: "tick" },
    { type: "settled" },
    { type: "stepDown" },
    { type: "stop", reason: "stopped" },
    { type: "answer", id: READ.id, outcome: { type: "absent" } },
  ];
  const states: State[] = [
    { ...INITIAL_STATE, working: true },
    { ...UNCLEAR, finished: true, working: true, callAt: 0 },
  ];
  for (const event of events) {
    for (const before of states) {
      const { state, effects, wakeAt } = step(CONFIG, before, event, NOW);
      assert.equal(state, before);
      assert.deepEqual(effects, []);
      assert.equal(wakeAt, Infinity);
    }
  }
});
