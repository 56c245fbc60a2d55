import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import type { Outcome, Step } from "../../../elector/machine/events.ts";
import {
  type Call,
  INITIAL_STATE,
  type Lease,
  type Observation,
  type State,
  type Write,
} from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import type { MachineConfig } from "../../../elector/machine/turn.ts";
import { EMPTY_RECORD, type LeaderElectionRecord } from "../../../lock/mod.ts";

// The parts that states of the machine are put together from in tests. It is 100 s by the monotonic clock.

/** A candidate by git: a write that loses its race leaves nothing behind. */
export const GIT: MachineConfig = {
  ...DEFAULT_TIMINGS,
  identity: "baz",
  session: "this campaign",
  requests: { read: 1, write: 1 },
  keepsLostWrites: false,
  rank: 0,
  failback: Infinity,
  readyGrace: Infinity,
};

/** A candidate by rest. */
export const REST: MachineConfig = {
  ...GIT,
  requests: { read: 2, write: 2 },
  keepsLostWrites: true,
};

export const NOW = { monotonic: 100_000, wall: 500_000, random: 0, isReady: true };

/** The same distance between the clocks at another instant. */
export function at(monotonic: number) {
  return { monotonic, wall: 400_000 + monotonic, random: 0, isReady: true };
}

/** Another candidate's lease, first seen at 80 s. */
export const HELD: Observation = {
  version: "v1",
  holder: "bing",
  session: "another",
  token: 1,
  sequence: 1,
  rank: 0,
  preferredHolder: "",
  isRequest: false,
  requestedOn: undefined,
  isProven: true,
  duration: 60_000,
  at: 80_000,
  versionAt: 80_000,
  termAt: 80_000,
  isReplaced: false,
  spread: 0,
};

/** A write of 90 s with token 2, by call 6. */
export const WRITE: Write = {
  id: 6,
  token: 2,
  sentAt: { monotonic: 90_000, wall: 490_000 },
  acquireTime: 490_000,
};

/** The lease of that write, with its term. */
export const LEASE: Lease = { ...WRITE, open: true, reason: undefined, preferredHolder: "" };

/** A proven read of 99.5 s, call 7. */
export const READ: Call = {
  id: 7,
  purpose: "read",
  proof: true,
  sentAt: 99_500,
  timeoutAt: 109_500,
  write: undefined,
};

/** A write of 99.5 s, call 7. */
export function writing(purpose: Call["purpose"], token = 2): Call {
  const sentAt = { monotonic: 99_500, wall: 499_500 };
  return { ...READ, purpose, write: { id: READ.id, token, sentAt, acquireTime: 490_000 } };
}

/** A follower under another's lease, with a read in flight. */
export const FOLLOWER: State = {
  ...INITIAL_STATE,
  started: true,
  observed: HELD,
  highestToken: 1,
  leader: "bing",
  call: READ,
  calls: READ.id,
  firstReadAt: 80_000,
  contactAt: 95_000,
};

/** A candidate whose claim is {@linkcode WRITE}, with an unknown outcome. */
export const UNCLEAR: State = {
  ...FOLLOWER,
  observed: { ...HELD, at: 30_000 },
  highestToken: 2,
  unclear: WRITE,
  mustRead: true,
  failures: 1,
};

/** A leader by {@linkcode WRITE}. */
export const LEADER: State = {
  ...FOLLOWER,
  observed: { ...HELD, version: "v2", holder: "baz", session: GIT.session, token: 2, at: 91_000 },
  leader: "baz",
  highestToken: 2,
  startedToken: 2,
  lease: LEASE,
  working: true,
};

/** The call in flight was not answered. */
export const AWAY: Outcome = { type: "failed", permanent: false };

/** What a read or a write came to: by default the record of {@linkcode WRITE}. */
export function found(
  keys: Partial<LeaderElectionRecord> = {},
  { version = "v2", own = true, isProven = true } = {},
): Outcome {
  const record = {
    ...EMPTY_RECORD,
    holderIdentity: "baz",
    leaseDurationSeconds: 60,
    leaderTransitions: 2,
    session: GIT.session,
    sequence: 6,
    ...keys,
  };
  return { type: "record", observed: { record, version, own, isProven } };
}

/** Answers the call in flight. */
export function answer(outcome: Outcome, before: State, now = NOW, config = GIT): Step {
  return step(config, before, { type: "answer", id: READ.id, outcome }, now);
}

/** Whether a term starts. */
export function startsTerm({ effects }: Step): boolean {
  return effects.some(({ type }) => type === "startTerm");
}

/** The call that a step makes. */
export function callOf({ effects }: Step): Call | undefined {
  return effects.find((effect) => effect.type === "call")?.call;
}
