import type { ElectorStatus } from "../../elector/mod.ts";

/** The status of an elector that follows another candidate, and has looked lately. */
export const STATUS: ElectorStatus = {
  identity: "me",
  role: "follower",
  leader: "other",
  token: undefined,
  remaining: 0,
  lastContact: 2_000,
  refusedFor: undefined,
  pollPeriod: 5_000,
  lastError: undefined,
  observed: undefined,
  rank: 0,
  ready: true,
  preferredHolder: undefined,
  lock: 'gist "x"',
};

/** What a candidate has counted. */
export const COUNTERS = {
  terms: 2,
  termsEnded: new Map([["lost", 1]]),
  leaderChanges: 3,
  errors: 4,
  requests: new Map([["GET 200", 5]]),
  logLinesDropped: 3,
};
