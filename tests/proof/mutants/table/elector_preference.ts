import type { Mutant } from "../mutant.ts";

const RULES = "elector/machine/preference.ts";
const LEADERSHIP = "elector/machine/leadership.ts";
const ANSWERS = "elector/machine/answers.ts";
const STEPS = "tests/elector/machine/preference_test.ts";
const RANKS = "tests/elector/preference/rank_test.ts";
const HANDOVERS = "tests/elector/preference/handover_test.ts";
const FAILBACK = "tests/elector/preference/failback_test.ts";
const READINESS = "tests/elector/preference/readiness_test.ts";
const REQUESTS = "tests/elector/preference/request_test.ts";
const STALE_REQUEST =
  "a stale request on the write that is known in effect ends the term, but is not a loss, and clears nothing";

/** Bugs in ranks, handovers, failback and readiness. None of them lets two candidates lead. */
export const ELECTOR_PREFERENCE: readonly Mutant[] = [
  {
    bug: "a request restarts the wait",
    file: RULES,
    text: "return seen.isRequest && isOnIt && isSameWrite(observed, seen);",
    replacement: "return false;",
    killedBy: {
      file: REQUESTS,
      test:
        "a dead leader on whom a handover is requested each P is taken over at most 1.5 P later, and one P for each request that beat a claim",
    },
  },
  {
    bug: "a request on an older text that a person put back is taken for one on what was seen",
    file: RULES,
    text: "seen.requestedOn === undefined || seen.requestedOn === below;",
    replacement: "true || below;",
    killedBy: {
      file: STEPS,
      test:
        "another write, a release by hand and an older text that a person puts back restart the wait",
    },
  },
  {
    bug: "a person's edit is taken for a request",
    file: LEADERSHIP,
    text: 'preferredHolder !== "" && record.requestedBy !== undefined;',
    replacement: 'preferredHolder !== "";',
    killedBy: {
      file: STEPS,
      test:
        "another write, a release by hand and an older text that a person puts back restart the wait",
    },
  },
  {
    bug: "the holder is not compared",
    file: RULES,
    text: " &&\n    one.holder === other.holder;",
    replacement: ";",
    killedBy: {
      file: STEPS,
      test:
        "another write, a release by hand and an older text that a person puts back restart the wait",
    },
  },
  {
    bug: "a request shortens the lease",
    file: LEADERSHIP,
    text: "const duration = Math.max(observed.duration, seen.duration);\n  const versionAt",
    replacement: "const duration = seen.duration;\n  const versionAt",
    killedBy: {
      file: STEPS,
      test:
        "a request keeps the first sight of the write below it, and the longer of the two leases",
    },
  },
  {
    bug: "a lost claim hides the first sight",
    file: ANSWERS,
    text: "isReplaced: true, versionAt: now.monotonic }",
    replacement: "isReplaced: true, at: now.monotonic, versionAt: now.monotonic }",
    killedBy: {
      file: STEPS,
      test: "a lost claim hides no first sight: a request got ahead, and the next read claims",
    },
  },
  {
    bug: "an earlier write under a version that was never seen is taken for the newest",
    file: RULES,
    text: "observed.sequence !== undefined && seen.sequence < observed.sequence;",
    replacement: "false;",
    killedBy: {
      file: STEPS,
      test: "a record of an earlier write in the observed term is stale, whatever its version",
    },
  },
  {
    bug: "a write is taken for newer than the request on it",
    file: RULES,
    text: "if (observed.isRequest && !seen.isRequest && isSameWrite(seen, observed)) return true;",
    replacement: "",
    killedBy: { file: STEPS, test: "a write without the request that was seen on it is stale" },
  },
  {
    bug: "a proof of another write keeps the first sight of the write that was shown",
    file: LEADERSHIP,
    text: "isRequestOn(observed, seen) ? observed.at : observed.versionAt;",
    replacement: "observed.at;",
    killedBy: {
      file: STEPS,
      test:
        "what is merely shown as a request, and proven to be another write, counts from its version's first sight",
    },
  },
  {
    bug: "a request is a loss",
    file: ANSWERS,
    text: "(isRequestOn(observed, seen) || (lease && isSameWrite(observed, seen)));",
    replacement: "!lease && isRequestOn(observed, seen);",
    killedBy: { file: STEPS, test: STALE_REQUEST },
  },
  {
    bug: "the write that was sent last counts as known in effect",
    file: ANSWERS,
    text: "const isKnown = observed &&\n",
    replacement:
      "const isKnown = observed && seen.sequence === (turn.state.unclear?.id ?? observed.sequence) &&\n",
    killedBy: { file: STEPS, test: STALE_REQUEST },
  },
  {
    bug: "a request clears an unclear write",
    file: ANSWERS,
    text: "    obeyRequest(turn);\n",
    replacement: "    obeyRequest(turn);\n    set(turn, { unclear: undefined });\n",
    killedBy: { file: STEPS, test: STALE_REQUEST },
  },
  {
    bug: "a request on top of a claim is not obeyed",
    file: LEADERSHIP,
    text: 'const reason = preferredHolder !== "" ? "handover" : isUnready',
    replacement: "const reason = isUnready",
    killedBy: {
      file: HANDOVERS,
      test: "a claim that comes back with a request on top begins no term",
    },
  },
  {
    bug: "a claim that comes back to a candidate that is not ready begins a term",
    file: LEADERSHIP,
    text: "const isUnready = now.monotonic >= unreadyAt(turn.state, config);",
    replacement:
      "const isUnready = now.monotonic >= Infinity && unreadyAt(turn.state, config) > 0;",
    killedBy: {
      file: STEPS,
      test:
        "a claim that is found in effect after the grace period of an unready candidate begins no term",
    },
  },
  {
    bug: "a leader that is asked leads on",
    file: LEADERSHIP,
    text: 'if (lease && preferredHolder !== "") handOver(turn, preferredHolder);',
    replacement: "",
    killedBy: {
      file: HANDOVERS,
      test:
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
    },
  },
  {
    bug: "a handover to oneself ends the term, in the machine",
    file: LEADERSHIP,
    text: "if (!lease || to === turn.config.identity) return;",
    replacement: "if (!lease) return;",
    killedBy: { file: STEPS, test: "a handover to oneself, or of no term, does nothing" },
  },
  {
    bug: "a handover to oneself ends the term",
    file: "elector/elector.ts",
    text: "const hasTerm = identity !== this.#setup.lock.identity && this.isLeader();",
    replacement: "const hasTerm = this.isLeader();",
    killedBy: {
      file: HANDOVERS,
      test: "a handover to oneself ends no term, locally or on request",
    },
  },
  {
    bug: "a name that is not an identity is carried on",
    file: RULES,
    text: "preferredHolder !== holderIdentity && isIdentity(preferredHolder);",
    replacement: "preferredHolder !== holderIdentity;",
    killedBy: {
      file: HANDOVERS,
      test:
        "a name that is not an identity asks for nothing and is never carried on: 129 characters",
    },
  },
  {
    bug: "a name that is the holder's asks for a handover",
    file: RULES,
    text: "preferredHolder !== holderIdentity && isIdentity(preferredHolder);",
    replacement: "isIdentity(preferredHolder);",
    killedBy: {
      file: HANDOVERS,
      test: "a name that is the holder's own costs a follower nothing",
    },
  },
  {
    bug: "the name survives into the next term",
    file: "elector/machine/requests.ts",
    text: 'isOfTerm ? state.lease?.preferredHolder ?? "" : "",',
    replacement:
      'state.lease?.preferredHolder ?? (isOfTerm ? "" : state.observed?.preferredHolder ?? ""),',
    killedBy: {
      file: HANDOVERS,
      test:
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
    },
  },
  {
    bug: "the first name that was seen is kept",
    file: LEADERSHIP,
    text: "set(turn, { lease: { ...lease, preferredHolder: to } });",
    replacement:
      "set(turn, { lease: { ...lease, preferredHolder: lease.preferredHolder || to } });",
    killedBy: {
      file: HANDOVERS,
      test: "the last name that was seen goes into every write until the release",
    },
  },
  {
    bug: "the hold-back is forgotten when a request is seen",
    file: LEADERSHIP,
    text:
      "set(turn, { observed: { ...observed, ...seen, duration, versionAt, isReplaced: false } });",
    replacement:
      "set(turn, { holdBack: undefined, observed: { ...observed, ...seen, duration, versionAt, isReplaced: false } });",
    killedBy: {
      file: HANDOVERS,
      test: "who handed over holds back though a request is put on its last record",
    },
  },
  {
    bug: "who handed over does not hold back",
    file: RULES,
    text: "return handicap(config.rank + 2, config.pollPeriod);",
    replacement: "return 0;",
    killedBy: {
      file: HANDOVERS,
      test: "a dead name costs (rank + 2) × 1.5 P where only the old leader, of rank 3, is left",
    },
  },
  {
    bug: "a rank costs nothing",
    file: RULES,
    text: "return turns * HANDICAP_POLLS * pollPeriod;",
    replacement: "return turns * HANDICAP_POLLS * pollPeriod * 0;",
    killedBy: { file: RANKS, test: "rank 1 claims a released record 1 × 1.5 P after it saw it" },
  },
  {
    bug: "the named candidate waits its turn by rank",
    file: RULES,
    text: "if (preferred === identity) return 0;",
    replacement: "void identity;",
    killedBy: {
      file: HANDOVERS,
      test:
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
    },
  },
  {
    bug: "a candidate does not wait for the one that is named",
    file: RULES,
    text: 'preferred === "" ? rank : rank + 1',
    replacement: "rank",
    killedBy: {
      file: HANDOVERS,
      test: "a dead name costs a third candidate of rank 0 at most 1.5 P",
    },
  },
  {
    bug: "no look falls due when a candidate's turn comes",
    file: "elector/machine/lease.ts",
    text: "return Math.max(turnAt(state, config) + spread, pace, ",
    replacement: "return Math.max(freeAt(state) + spread, pace, ",
    killedBy: { file: RANKS, test: "rank 1 claims a released record 1 × 1.5 P after it saw it" },
  },
  {
    bug: "a claim that a request beat waits for a poll after its pace is over",
    file: "elector/machine/lease.ts",
    text: 'observed.preferredHolder !== "" ? claimFrom : -Infinity;',
    replacement: 'observed.preferredHolder === "x" ? claimFrom : -Infinity;',
    killedBy: {
      file: REQUESTS,
      test:
        "a claim that a request beat is made again within P, as the first sight of the lease still counts",
    },
  },
  {
    bug: "failback without its period",
    file: RULES,
    text: "now.monotonic - since >= config.failback;",
    replacement: "(since, config.failback < Infinity);",
    killedBy: {
      file: FAILBACK,
      test: "leadership comes home after the period, once, and stays there",
    },
  },
  {
    bug: "a change of leader does not begin the failback period again",
    file: RULES,
    text: "const since = Math.max(observed.termAt, readiness.since);",
    replacement: "const since = readiness.since;",
    killedBy: { file: FAILBACK, test: "the period begins again at each change of leader" },
  },
  {
    bug: "each renewal begins the failback period again",
    file: LEADERSHIP,
    text: "const termAt = observed && isSameTerm(observed, seen) ? observed.termAt : at;",
    replacement: "const termAt = at;",
    killedBy: { file: FAILBACK, test: "renewals do not begin the period again" },
  },
  {
    bug: "a moment of not being ready does not begin the failback period again",
    file: RULES,
    text: "const since = Math.max(observed.termAt, readiness.since);",
    replacement: "const since = observed.termAt;",
    killedBy: {
      file: FAILBACK,
      test: "the period begins again after each moment of not being ready",
    },
  },
  {
    bug: "a request that was refused is made again at each look",
    file: ANSWERS,
    text: "set(turn, { askFrom: now.monotonic + backoff(turn.state.refusals, 1, config) });",
    replacement: "",
    killedBy: {
      file: FAILBACK,
      test:
        "a request that the store refuses is made again later each time, though the holder renews",
    },
  },
  {
    bug: "a holder of an older version is asked",
    file: RULES,
    text: "session !== undefined && sequence !== undefined && rank !== undefined;",
    replacement: "session !== undefined && sequence !== undefined;",
    killedBy: {
      file: REQUESTS,
      test: "requestHandover() refuses where the holder writes no rank, and writes nothing",
    },
  },
  {
    bug: "who is not ready claims",
    file: "elector/machine/requests.ts",
    text: "if (!now.isReady || state.working",
    replacement: "if (state.working",
    killedBy: {
      file: READINESS,
      test: "who is not ready claims nothing, and sends no more than its polls",
    },
  },
  {
    bug: "who is not ready reads again and again for proof",
    file: "elector/machine/requests.ts",
    text: "const mayClaimNext = now.isReady && now",
    replacement: "const mayClaimNext = now",
    killedBy: {
      file: READINESS,
      test: "who is not ready does not loop on reads where lost writes are kept",
    },
  },
  {
    bug: "a leader that is not ready leads on",
    file: "elector/machine/step.ts",
    text: 'if (since >= unreadyAt(turn.state, turn.config)) endTerm(turn, "unready");',
    replacement: "",
    killedBy: {
      file: READINESS,
      test: "a leader that is not ready for the grace period ends its term and holds back",
    },
  },
  {
    bug: "a readiness callback that answers with a promise is ready",
    file: "elector/campaign/readiness.ts",
    text: 'if (typeof value === "boolean") return value;',
    replacement: "if (value !== undefined) return Boolean(value);",
    killedBy: {
      file: READINESS,
      test:
        "a callback that throws, or does not answer with a boolean, is not ready, and is reported once",
    },
  },
  {
    bug: "a store that takes another's request for this one is believed",
    file: "elector/handover.ts",
    text: "if (written.observed && isDone(written.observed, identity)) {",
    replacement: "if (written.observed) {",
    killedBy: {
      file: REQUESTS,
      test:
        "requestHandover() has not succeeded where another's request is in effect, whatever the answer",
    },
  },
  {
    bug: "a leader that took over meanwhile is asked",
    file: "elector/handover.ts",
    text: "if (seen.record.holderIdentity !== identity) refuseOthers(lock, first, seen);",
    replacement: "",
    killedBy: {
      file: REQUESTS,
      test: "requestHandover() does not ask a leader that took over meanwhile",
    },
  },
  {
    bug: "an absurd rank hides a lease",
    file: "lock/record.ts",
    text: "rank: (_, value) => isRank(value) ? Number(value.text) : undefined,",
    replacement: "rank: integerTo(MAX_RANK),",
    killedBy: {
      file: "tests/lock/record_test.ts",
      test: "parseRecord() reads a rank of 10 as none, as it hides no lease",
    },
  },
];
