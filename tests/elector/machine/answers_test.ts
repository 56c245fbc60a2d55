import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import type { Outcome } from "../../../elector/machine/events.ts";
import { type Call, INITIAL_STATE, type State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";

const GIT = {
  ...DEFAULT_TIMINGS,
  identity: "baz",
  session: "this campaign",
  requests: { read: 1, write: 1 },
  keepsLostWrites: false,
};
const NOW = { monotonic: 100_000, wall: 500_000, random: 0 };

/** A candidate whose claim with token 2 left at 90 s, and whose outcome it does not know; it reads. */
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
    token: 1,
    isProven: true,
    duration: 60_000,
    at: 30_000,
    spread: 0,
  },
  highestToken: 2,
  unclear: {
    id: 6,
    token: 2,
    sentAt: { monotonic: 90_000, wall: 490_000 },
    acquireTime: 490_000,
  },
  mustRead: true,
  failures: 1,
  call: READ,
  calls: 7,
  contactAt: 90_000,
};

const AWAY: Outcome = { type: "failed", permanent: false };

function answer(outcome: Outcome, before: State = UNCLEAR, now = NOW) {
  return step(GIT, before, { type: "answer", id: READ.id, outcome }, now);
}

/** What a read finds: by default the very claim that is unclear. */
function found(keys: Partial<LeaderElectionRecord> = {}, own = true): Outcome {
  const record = {
    ...EMPTY_RECORD,
    holderIdentity: "baz",
    leaseDurationSeconds: 60,
    leaderTransitions: 2,
    session: "this campaign",
    sequence: 6,
    ...keys,
  };
  return { type: "record", observed: { record, version: "v2", own } };
}

function startsTerm({ effects }: ReturnType<typeof step>): boolean {
  return effects.some(({ type }) => type === "startTerm");
}

Deno.test("a record is taken for the unclear claim only if the lock calls it its own", () => {
  assert.equal(startsTerm(answer(found())), true);
  assert.equal(startsTerm(answer(found({}, false))), false);
});

Deno.test("a record is taken for the unclear claim, or a later write of it, by number, token and session", () => {
  assert.equal(startsTerm(answer(found({ sequence: 7 }))), true);
  assert.equal(startsTerm(answer(found({ sequence: 5 }))), false);
  assert.equal(startsTerm(answer(found({ leaderTransitions: 3 }))), false);
  assert.equal(startsTerm(answer(found({ session: "another" }))), false);
});

Deno.test("an unclear claim is read after at once while it could still lead", () => {
  const at = (monotonic: number) => ({ monotonic, wall: 400_000 + monotonic, random: 0 });
  const last = answer(AWAY, { ...UNCLEAR, failures: 4 }, at(129_999));
  assert.equal(last.state.callAt, 131_999);
  assert.equal(last.state.mustRead, true);
});

Deno.test("an unclear claim is pressed on no longer than D after it left: then it is a poll like any other", () => {
  const at = (monotonic: number) => ({ monotonic, wall: 400_000 + monotonic, random: 0 });
  for (const late of [130_000, 200_000]) {
    const { state } = answer(AWAY, { ...UNCLEAR, failures: 4 }, at(late));
    assert.equal(state.callAt, late, "the lease of the other has expired, and the poll is overdue");
    const { state: held } = answer(AWAY, {
      ...UNCLEAR,
      failures: 4,
      observed: { ...UNCLEAR.observed!, at: late },
      call: { ...READ, sentAt: late - 1_000 },
    }, at(late));
    assert.equal(held.callAt, late + 4_000);
    assert.equal(held.failures, 0);
  }
});

Deno.test("an unclear claim counts by the wall clock, too, if the monotonic one stood still", () => {
  const { state } = answer(AWAY, {
    ...UNCLEAR,
    observed: { ...UNCLEAR.observed!, at: 100_000 },
  }, { monotonic: 100_000, wall: 530_000, random: 0 });
  assert.equal(state.callAt, 104_500);
});
