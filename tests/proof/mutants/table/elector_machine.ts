import { type Mutant, mutantsOf } from "../mutant.ts";

const ACQUIRE = "tests/elector/acquire_test.ts";
const CAMPAIGNS = "tests/elector/campaigns_test.ts";
const CONTENTION = "tests/elector/contention_test.ts";
const DELETED = "tests/elector/deleted_test.ts";
const DRAIN = "tests/elector/drain_test.ts";
const FOLLOWER = "tests/elector/follower_test.ts";
const ANSWERS = "tests/elector/machine/answers_test.ts";
const LEADERSHIP = "tests/elector/machine/leadership_test.ts";
const LEASE = "tests/elector/machine/lease_test.ts";
const PREFERENCE = "tests/elector/machine/preference_test.ts";
const QUOTA = "tests/elector/machine/quota_test.ts";
const STEP = "tests/elector/machine/step_test.ts";
const FAILBACK = "tests/elector/preference/failback_test.ts";
const HANDOVER = "tests/elector/preference/handover_test.ts";
const RANK = "tests/elector/preference/rank_test.ts";
const READINESS = "tests/elector/preference/readiness_test.ts";
const REQUEST = "tests/elector/preference/request_test.ts";
const REFUSALS = "tests/elector/refusals_test.ts";
const REFUSED_WRITES = "tests/elector/refused_writes_test.ts";
const RENEW = "tests/elector/renew_test.ts";
const REPORTS = "tests/elector/reports_test.ts";
const STEP_DOWN = "tests/elector/step_down_test.ts";
const STOP = "tests/elector/stop_test.ts";
const TROUBLE = "tests/elector/trouble_test.ts";
const UNPROVEN = "tests/elector/unproven_test.ts";
const VALIDITY = "tests/elector/validity_test.ts";

/** Bugs in `elector/machine/`. */
export const ELECTOR_MACHINE: readonly Mutant[] = [
  ...mutantsOf("elector/machine/answers.ts", ANSWERS, [
    {
      bug: "a term counts from the answer to its write",
      text: 'else if (state.lease || call.purpose !== "renew") hold(turn, write);',
      replacement:
        'else if (state.lease || call.purpose !== "renew") hold(turn, { ...write, sentAt: { monotonic: now.monotonic, wall: now.wall } });',
      killedBy: [
        RENEW,
        "the term of a leader cut off ends exactly D after its last good write was sent",
      ],
    },
    {
      bug: "a stale read is believed",
      text: "if (stale && !isStuck(turn)) return onReadFailed(turn, call);",
      replacement: "",
      killedBy: [TROUBLE, "a stale read does not depose a leader"],
    },
    {
      bug: "replaced versions are forgotten",
      text: "const isOld = superseded.includes(seen.version) ||",
      replacement: "const isOld = superseded.length < 0 ||",
      killedBy: [
        TROUBLE,
        "a stale, released record is not taken: its version is known to be replaced",
      ],
    },
    {
      bug: "another holder does not end the term",
      text: 'if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");',
      replacement: "",
      killedBy: [RENEW, "the leader ends its term at once when it sees another holder"],
    },
    {
      bug: "of unclear writes the latest counts",
      text: "set(turn, { unclear: state.unclear ?? write });",
      replacement: "set(turn, { unclear: write });",
      killedBy: [
        RENEW,
        "of several renewals of unknown outcome, the deadline counts from the earliest",
      ],
    },
    {
      bug: "a renewal that outlived its term begins a new one",
      text: 'else if (state.lease || call.purpose !== "renew") hold(turn, write);',
      replacement: "else hold(turn, write);",
      killedBy: [
        VALIDITY,
        "a renewal that outlasts its term's deadline begins no term, though its own is yet to come",
      ],
    },
    {
      bug: "an unclear write of a term that has ended still counts",
      text:
        'const hasExpired = (call.purpose === "renew" || call.purpose === "release") && !state.lease;',
      replacement: "const hasExpired = false;",
      killedBy: [
        STOP,
        "a release that fails after its lease has ended passes its token to no later term",
      ],
    },
    {
      bug: "who lost the race does not wait for the winner's lease",
      text: "isReplaced: true, versionAt: now.monotonic }",
      replacement: "versionAt: now.monotonic }",
      killedBy: [
        FOLLOWER,
        "a candidate that lost the race waits a full lease again, although its reads are stale",
      ],
    },
    {
      bug: "a deleted record is created again",
      text: "if (!turn.state.observed) return onAbsent(turn, call);",
      replacement:
        "if (!turn.state.observed || !turn.state.lease) { set(turn, { observed: undefined }); return onAbsent(turn, call); }",
      killedBy: [TROUBLE, "a record that disappears under a follower is never created again"],
    },
    {
      bug: "garbage is overwritten at once",
      text: "const duration = Math.max(config.leaseDuration, state.observed?.duration ?? 0);",
      replacement: "const duration = 0;",
      killedBy: [TROUBLE, "case 12: garbage that changes is waited out again"],
    },
    {
      bug: "an unproven record is claimed",
      text: "} else if (!isProven && mayWriteNext(turn)) {",
      replacement: "} else if (!isProven && now.monotonic >= Infinity) {",
      killedBy: [
        UNPROVEN,
        "a record that is only shown as released is proven before it is claimed, and is not claimed if it is held",
      ],
    },
    {
      bug: "a proof does not replace what was shown",
      text: "} else if (seen.isProven && !observed.isProven) {",
      replacement: "} else if (seen.version === undefined) {",
      killedBy: [
        UNPROVEN,
        "a record that is only shown as released is proven before it is claimed, and is not claimed if it is held",
      ],
    },
    {
      bug: "a version that hearsay replaced stays stale though it is proven",
      text: "return isOld && (observed.isProven || !seen.isProven);",
      replacement: "return isOld;",
      killedBy: [UNPROVEN, "a proof brings back a version that hearsay had replaced"],
    },
    {
      bug: "a follower is stuck on stale reads from before its campaign",
      text: "const since = Math.max(observed.versionAt, firstReadAt);",
      replacement: "const since = observed.versionAt;",
      killedBy: [
        CAMPAIGNS,
        "whether reads are stale for a whole lease is counted from the campaign's first read",
      ],
    },
    {
      bug: "refused claims are pressed on",
      text: "return set(turn, { claimFrom: now.monotonic + pause });",
      replacement: "return void pause;",
      killedBy: [
        REFUSED_WRITES,
        "refused claims are tried again more and more rarely, at most L apart",
      ],
    },
    {
      bug: "a crowd writes again at once",
      text: "const pause = backoff(lostRaces + 1, now.random, config);",
      replacement: "const pause = 0 * lostRaces;",
      killedBy: [
        CONTENTION,
        "claims that lose or stay unclear wait at random, longer each time, until a holder is seen",
      ],
    },
    {
      bug: "a duplicate identity goes unnoticed",
      text: "  reportDuplicate(turn, seen);\n",
      replacement: "",
      killedBy: [
        REPORTS,
        "a leader that loses its lease to another process under its identity says so",
      ],
    },
    {
      bug: "a lost claim hides the first sight",
      text: "isReplaced: true, versionAt: now.monotonic }",
      replacement: "isReplaced: true, at: now.monotonic, versionAt: now.monotonic }",
      killedBy: [
        PREFERENCE,
        "a lost claim hides no first sight: a request got ahead, and the next read claims",
      ],
    },
    {
      bug: "a request is a loss",
      text: "(isRequestOn(observed, seen) || (lease && isSameWrite(observed, seen)));",
      replacement: "!lease && isRequestOn(observed, seen);",
      killedBy: [
        PREFERENCE,
        "a stale request on the write that is known in effect ends the term, but is not a loss, and clears nothing",
      ],
    },
    {
      bug: "the write that was sent last counts as known in effect",
      text: "const isKnown = observed &&\n",
      replacement:
        "const isKnown = observed && seen.sequence === (turn.state.unclear?.id ?? observed.sequence) &&\n",
      killedBy: [
        PREFERENCE,
        "a stale request on the write that is known in effect ends the term, but is not a loss, and clears nothing",
      ],
    },
    {
      bug: "a request clears an unclear write",
      text: "    obeyRequest(turn);\n",
      replacement: "    obeyRequest(turn);\n    set(turn, { unclear: undefined });\n",
      killedBy: [
        PREFERENCE,
        "a stale request on the write that is known in effect ends the term, but is not a loss, and clears nothing",
      ],
    },
    {
      bug: "a request that was refused is made again at each look",
      text: "set(turn, { askFrom: now.monotonic + backoff(turn.state.refusals, 1, config) });",
      replacement: "",
      killedBy: [
        FAILBACK,
        "a request that the store refuses is made again later each time, though the holder renews",
      ],
    },
    {
      bug: "a term outlives its record",
      text: '  if (outcome.type === "failed" && outcome.gone) giveUpLease(turn, "lost");\n',
      replacement: "",
      killedBy: [
        DELETED,
        "a renewal that finds the record gone for certain ends the term at once, not the campaign",
      ],
    },
    {
      bug: "a write that found no record may be in effect",
      text: "!outcome.gone && !hasExpired",
      replacement: "!hasExpired",
      killedBy: [
        DELETED,
        "a claim that finds the record gone for certain is not counted as a write that may be in effect",
      ],
    },
    {
      bug: "an unclear claim is pressed on beyond D",
      text: "return unclear !== undefined && remainingLease(unclear.sentAt, now, config) > 0;",
      replacement: "return unclear !== undefined;",
      killedBy: "an unclear claim is pressed on no longer than D after it left",
    },
    {
      bug: "a lock without a record is first found so with each read, and never claimed",
      text: "set(turn, { absent: state.absent ?? { at: now.monotonic, spread } });",
      replacement: "set(turn, { absent: { at: now.monotonic, spread } });",
      killedBy: "a lock without a record is claimed the spread after it was first found so",
    },
    {
      bug: "a holder whose read fails waits for the next poll",
      text: "} else if (state.lease || isUrgent(turn)) {",
      replacement: "} else if (isUrgent(turn)) {",
      killedBy: "a holder whose read fails reads again at the pace of retries, not of polls",
    },
    {
      bug: "a first write that lost its race has seen a record",
      text: 'if (outcome.type !== "conflict" || !observed) return;',
      replacement: 'if (outcome.type !== "conflict") return;',
      killedBy: "a first write that lost its race has seen nothing of the winner yet",
    },
    {
      bug: "every write that fails counts as refused",
      text: 'if (outcome.type === "refused") onRefused(turn);\n  if (call.purpose',
      replacement: "onRefused(turn);\n  if (call.purpose",
      killedBy: "only a refusal counts as one, and a write that succeeds ends the count",
    },
  ]),
  ...mutantsOf("elector/machine/leadership.ts", PREFERENCE, [
    {
      bug: "the highest token is forgotten",
      text: "highestToken: Math.max(highestToken, seen.token),",
      replacement: "highestToken: seen.token,",
      killedBy: [TROUBLE, "case 12: a token rises above all that were seen before the garbage"],
    },
    {
      bug: "a term begins after its own deadline",
      text: "if (remainingLease(write.sentAt, now, config) <= 0) return;",
      replacement: "",
      killedBy: [ACQUIRE, "a first write that takes effect after its own deadline begins no term"],
    },
    {
      bug: "a term begins though a stop was asked for",
      text: "if (open) startTerm(turn, write);",
      replacement: "startTerm(turn, write);",
      killedBy: [STOP, "a stop during an acquisition begins no term and leaves no lease behind"],
    },
    {
      bug: "the work's signal is not aborted when its lease is given up",
      text: "  endTerm(turn, reason);\n  set(turn, { lease: undefined,",
      replacement: "  set(turn, { lease: undefined,",
      killedBy: [RENEW, "the leader ends its term at once when it sees another holder"],
    },
    {
      bug: "who stepped down claims first",
      text: "if (lease && pause > 0) {",
      replacement: "if (lease && pause < 0) {",
      killedBy: [STEP_DOWN, "a candidate that stepped down claims nothing for a lease duration"],
    },
    {
      bug: "a renewal waits for the answer to the last one",
      text:
        "else set(turn, { callAt: write.sentAt.monotonic + renewPeriod(state.quota, now, config) });",
      replacement:
        "else set(turn, { callAt: now.monotonic + renewPeriod(state.quota, now, config) });",
      killedBy: [
        RENEW,
        "case 9: the next renewal is R after the last was sent, not after its answer",
      ],
    },
    {
      bug: "a renewal does not move the deadline on",
      text: "set(turn, { lease: { ...state.lease, sentAt: write.sentAt } });",
      replacement: "",
      killedBy: [VALIDITY, "a term outlives an error before a later renewal"],
    },
    {
      bug: "a proof cuts a lease short",
      text: "observed.termAt : at;\n  const duration = Math.max(observed.duration, seen.duration);",
      replacement:
        "observed.termAt : at;\n  const duration = Math.min(observed.duration, seen.duration);",
      killedBy: [
        UNPROVEN,
        "a record that is only shown as held keeps its first sight, its proof the longer duration",
      ],
    },
    {
      bug: "only a holder that is seen ends what was held back for",
      text: 'if (holder !== "" || (holdBack && token > holdBack.token)) set(',
      replacement: 'if (holder !== "") set(',
      killedBy: [
        CAMPAIGNS,
        "a candidate that stepped down claims again once another has led and released, seen or not",
      ],
    },
    {
      bug: "a person's edit is taken for a request",
      text: 'preferredHolder !== "" && record.requestedBy !== undefined;',
      replacement: 'preferredHolder !== "";',
      killedBy:
        "another write, a manual release and an older text that a person puts back restart the wait",
    },
    {
      bug: "a request shortens the lease",
      text: "const duration = Math.max(observed.duration, seen.duration);\n  const versionAt",
      replacement: "const duration = seen.duration;\n  const versionAt",
      killedBy:
        "a request keeps the first sight of the write below it, and the longer of the two leases",
    },
    {
      bug: "a proof of another write keeps the first sight of the write that was shown",
      text: "isRequestOn(observed, seen) ? observed.at : observed.versionAt;",
      replacement: "observed.at;",
      killedBy:
        "what is merely shown as a request, and proven to be another write, counts from its version's first sight",
    },
    {
      bug: "a request on top of a claim is not obeyed",
      text: 'const reason = preferredHolder !== "" ? "handover" : isUnready',
      replacement: "const reason = isUnready",
      killedBy: [HANDOVER, "a claim that comes back with a request on top begins no term"],
    },
    {
      bug: "a claim that comes back to a candidate that is not ready begins a term",
      text: "const isUnready = now.monotonic >= unreadyAt(turn.state, config);",
      replacement:
        "const isUnready = now.monotonic >= Infinity && unreadyAt(turn.state, config) > 0;",
      killedBy:
        "a claim that is found in effect after the grace period of an unready candidate begins no term",
    },
    {
      bug: "a leader that is asked leads on",
      text: 'if (lease && preferredHolder !== "") handOver(turn, preferredHolder);',
      replacement: "",
      killedBy: [
        HANDOVER,
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
      ],
    },
    {
      bug: "a handover to oneself ends the term, in the machine",
      text: "if (!lease || to === turn.config.identity) return;",
      replacement: "if (!lease) return;",
      killedBy: "a handover to oneself, or of no term, does nothing",
    },
    {
      bug: "the first name that was seen is kept",
      text: "set(turn, { lease: { ...lease, preferredHolder: to } });",
      replacement:
        "set(turn, { lease: { ...lease, preferredHolder: lease.preferredHolder || to } });",
      killedBy: [HANDOVER, "the last name that was seen goes into every write until the release"],
    },
    {
      bug: "the hold-back is forgotten when a request is seen",
      text:
        "set(turn, { observed: { ...observed, ...seen, duration, versionAt, isReplaced: false } });",
      replacement:
        "set(turn, { holdBack: undefined, observed: { ...observed, ...seen, duration, versionAt, isReplaced: false } });",
      killedBy: [HANDOVER, "who handed over holds back though a request is put on its last record"],
    },
    {
      bug: "each renewal begins the failback period again",
      text: "const termAt = observed && isSameTerm(observed, seen) ? observed.termAt : at;",
      replacement: "const termAt = at;",
      killedBy: [FAILBACK, "renewals do not begin the period again"],
    },
    {
      bug: "its own release ends what a candidate holds back for",
      text: 'if (holder !== "" || (holdBack && token > holdBack.token)) set',
      replacement: 'if (holder !== "" || holdBack) set',
      killedBy: [LEADERSHIP, "who stepped down holds back until another leads"],
    },
    {
      bug: "a claim that takes effect after a stop is released only when its renewal is due",
      text: "if (!turn.state.lease?.open && !turn.state.working) beginRelease(turn);",
      replacement: "if (turn.state.lease?.open && !turn.state.working) beginRelease(turn);",
      killedBy: [LEADERSHIP, "a claim that takes effect after a stop is released at once"],
    },
  ]),
  ...mutantsOf("elector/machine/lease.ts", CONTENTION, [
    {
      bug: "a holder leads for all of L, without a guard",
      text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
      replacement: "return timings.leaseDuration - elapsedSince(sentAt, now);",
      killedBy: [VALIDITY, "Term.isValid() is false at sentAt + D though no timer fired"],
    },
    {
      bug: "a suspended machine's deadline stands still",
      text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
      replacement: "return timings.renewDeadline - (now.monotonic - sentAt.monotonic);",
      killedBy: [VALIDITY, "a machine that was suspended past the deadline wakes without a term"],
    },
    {
      bug: "a follower takes over before L has passed",
      text: 'return observed.holder === "" ? observed.at : observed.at + observed.duration;',
      replacement:
        'return observed.holder === "" ? observed.at : observed.at + observed.duration * 0.9;',
      killedBy: [ACQUIRE, "case 3: a record's lease longer than the option's is waited for"],
    },
    {
      bug: "a lease of under a second, written in Go, is none",
      text: "return Math.max(1, record.leaseDurationSeconds) * 1_000;",
      replacement: "return record.leaseDurationSeconds * 1_000;",
      killedBy: [
        ACQUIRE,
        "case 3: a holder in Go whose lease of under a second reads as 0 has a second",
      ],
    },
    {
      bug: "an acquisition does not raise the token",
      text: "unclear?.token ?? highestToken + 1;",
      replacement: "unclear?.token ?? Math.max(0, highestToken);",
      killedBy: [
        RENEW,
        "an acquisition after a term that expired is a new term with a higher token",
      ],
    },
    {
      bug: "the token wraps",
      text: "return token <= MAX_LEADER_TRANSITIONS ? token : undefined;",
      replacement: "return token <= MAX_LEADER_TRANSITIONS ? token : 0;",
      killedBy: [TROUBLE, "a salvaged token beyond the limit is refused, never wrapped"],
    },
    {
      bug: "an attempt that hangs leaves no time for another",
      text: "return Math.min(most, remaining / 2);",
      replacement: "return remaining < Infinity ? remaining : most;",
      killedBy: [RENEW, "a leader whose calls all hang makes at least three before its deadline"],
    },
    {
      bug: "failed attempts follow each other without a pause",
      text: "return failures <= 1 ? 0 : Math.min(",
      replacement: "return failures <= 1e9 ? 0 : Math.min(",
      killedBy: [LEASE, "retryDelay() is none for the first, then D / 20, and never more than R"],
    },
    {
      bug: "a crowd claims at one instant",
      text: "const spread = config.keepsLostWrites ? spreadOf(state) : 0;",
      replacement: "const spread = 0;",
      killedBy:
        "a free lock that keeps lost writes is proven, and claimed after the spread and another look",
    },
    {
      bug: "the spread grows beyond its bound",
      text: "return longest * Math.min(Math.floor(drawn), SLOTS - 1) / (SLOTS - 1);",
      replacement: "return longest * Math.floor(drawn) / (SLOTS - 1);",
      killedBy: [
        LEASE,
        "expirySpread() is even up to 0.2 P by git, and has four slots by rest, the last the likeliest",
      ],
    },
    {
      bug: "every slot of the spread is as likely",
      text:
        "const drawn = Math.log(1 + random * (SLOT_RATIO ** SLOTS - 1)) / Math.log(SLOT_RATIO);",
      replacement: "const drawn = random * SLOTS + 0 * SLOT_RATIO;",
      killedBy:
        "expirySpread() lets few of any number of candidates share the first slot, where lost writes are kept",
    },
    {
      bug: "no look falls due when a candidate's turn comes",
      text: "return Math.max(turnAt(state, config) + spread, pace, ",
      replacement: "return Math.max(freeAt(state) + spread, pace, ",
      killedBy: [RANK, "rank 1 claims a released record 1 × 1.5 P after it saw it"],
    },
    {
      bug: "a claim that a request beat waits for a poll after its pace is over",
      text: 'observed.preferredHolder !== "" ? claimFrom : -Infinity;',
      replacement: 'observed.preferredHolder === "x" ? claimFrom : -Infinity;',
      killedBy: [
        REQUEST,
        "a claim that a request beat is made again within P, as the first sight of the lease still counts",
      ],
    },
    {
      bug: "the wait for a lease is counted the wrong way",
      text: "now.monotonic - observed.at >= observed.duration",
      replacement: "now.monotonic + observed.at >= observed.duration",
      killedBy: [
        LEASE,
        "isClaimable() is false until the whole lease has passed, unless it was released",
      ],
    },
    {
      bug: "a call that failed is repeated without a pause",
      text: "return failures <= 1 ? 0 :",
      replacement: "return failures >= 1 ? 0 :",
      killedBy: [LEASE, "retryDelay() is none for the first, then D / 20, and never more than R"],
    },
  ]),
  ...mutantsOf("elector/machine/preference.ts", HANDOVER, [
    {
      bug: "an earlier write that a user put back is taken for the claim under way",
      text: "token && sequence >= unclear.id;",
      replacement: "token;",
      killedBy: [
        ANSWERS,
        "a record is taken for the unclear claim, or a later write of it, by number, token and session",
      ],
    },
    {
      bug: "another campaign's record is taken for one's own",
      text: "const isMine = session === config.session && unclear",
      replacement: "const isMine = unclear",
      killedBy: [
        ANSWERS,
        "a record is taken for the unclear claim, or a later write of it, by number, token and session",
      ],
    },
    {
      bug: "a request restarts the wait",
      text: "return seen.isRequest && isOnIt && isSameWrite(observed, seen);",
      replacement: "return false;",
      killedBy: [
        REQUEST,
        "a dead leader on whom a handover is requested each P is taken over at most 1.5 P later, and one P for each request that beat a claim",
      ],
    },
    {
      bug: "a request on an older text that a person put back is taken for one on what was seen",
      text: "seen.requestedOn === undefined || seen.requestedOn === below;",
      replacement: "true || below;",
      killedBy: [
        PREFERENCE,
        "another write, a manual release and an older text that a person puts back restart the wait",
      ],
    },
    {
      bug: "the holder is not compared",
      text: " &&\n    one.holder === other.holder;",
      replacement: ";",
      killedBy: [
        PREFERENCE,
        "another write, a manual release and an older text that a person puts back restart the wait",
      ],
    },
    {
      bug: "an earlier write under a version that was never seen is taken for the newest",
      text: "observed.sequence !== undefined && seen.sequence < observed.sequence;",
      replacement: "false;",
      killedBy: [
        PREFERENCE,
        "a record of an earlier write in the observed term is stale, whatever its version",
      ],
    },
    {
      bug: "a write is taken for newer than the request on it",
      text:
        "if (observed.isRequest && !seen.isRequest && isSameWrite(seen, observed)) return true;",
      replacement: "",
      killedBy: [PREFERENCE, "a write without the request that was seen on it is stale"],
    },
    {
      bug: "a name that is not an identity is carried on",
      text: "preferredHolder !== holderIdentity && isIdentity(preferredHolder);",
      replacement: "preferredHolder !== holderIdentity;",
      killedBy:
        "a name that is not an identity asks for nothing and is never carried on: 129 characters",
    },
    {
      bug: "a name that is the holder's asks for a handover",
      text: "preferredHolder !== holderIdentity && isIdentity(preferredHolder);",
      replacement: "isIdentity(preferredHolder);",
      killedBy: "a name that is the holder's own costs a follower nothing",
    },
    {
      bug: "who handed over does not hold back",
      text: "return handicap(config.rank + 2, config.pollPeriod);",
      replacement: "return 0;",
      killedBy:
        "a dead name costs (rank + 2) × 1.5 P where only the old leader, of rank 3, is left",
    },
    {
      bug: "a rank costs nothing",
      text: "return turns * HANDICAP_POLLS * pollPeriod;",
      replacement: "return turns * HANDICAP_POLLS * pollPeriod * 0;",
      killedBy: [RANK, "rank 1 claims a released record 1 × 1.5 P after it saw it"],
    },
    {
      bug: "the named candidate waits its turn by rank",
      text: "if (preferred === identity) return 0;",
      replacement: "void identity;",
      killedBy:
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
    },
    {
      bug: "a candidate does not wait for the one that is named",
      text: 'preferred === "" ? rank : rank + 1',
      replacement: "rank",
      killedBy: "a dead name costs a third candidate of rank 0 at most 1.5 P",
    },
    {
      bug: "failback without its period",
      text: "now.monotonic - since >= config.failback;",
      replacement: "(since, config.failback < Infinity);",
      killedBy: [FAILBACK, "leadership comes home after the period, once, and stays there"],
    },
    {
      bug: "a change of leader does not begin the failback period again",
      text: "const since = Math.max(observed.termAt, readiness.since);",
      replacement: "const since = readiness.since;",
      killedBy: [FAILBACK, "the period begins again at each change of leader"],
    },
    {
      bug: "a moment of not being ready does not begin the failback period again",
      text: "const since = Math.max(observed.termAt, readiness.since);",
      replacement: "const since = observed.termAt;",
      killedBy: [FAILBACK, "the period begins again after each moment of not being ready"],
    },
    {
      bug: "a holder of an older version is asked",
      text: "session !== undefined && sequence !== undefined && rank !== undefined;",
      replacement: "session !== undefined && sequence !== undefined;",
      killedBy: [
        REQUEST,
        "requestHandover() refuses where the holder writes no rank, and writes nothing",
      ],
    },
  ]),
  ...mutantsOf("elector/machine/requests.ts", DRAIN, [
    {
      bug: "a lease is claimed before it lapsed",
      text:
        "if (!now.isReady || state.working || now.monotonic < claimableAt(state, config)) return false;",
      replacement: "if (!now.isReady || state.working) return false;",
      killedBy: [ACQUIRE, "case 7: a record that changed just now has a holder, as one get shows"],
    },
    {
      bug: "a lock is claimed while old work goes on",
      text: "if (!now.isReady || state.working || now",
      replacement: "if (!now.isReady || now",
      killedBy: "no other term starts in this process while the work of the last one runs",
    },
    {
      bug: "a release leaves while work goes on",
      text: "const releasing = (state.stopping || state.lease?.open === false) && !state.working;",
      replacement: "const releasing = state.stopping || state.lease?.open === false;",
      killedBy: "case 16: the lease is renewed while the work drains, though the term is over",
    },
    {
      bug: "a holder takes hearsay for the fate of its write",
      text: "const isHolder = state.lease !== undefined || state.unclear !== undefined;",
      replacement: "const isHolder = false;",
      killedBy: [UNPROVEN, "a holder reads with proof, and a follower that watches does not"],
    },
    {
      bug: "the name survives into the next term",
      text: 'isOfTerm ? state.lease?.preferredHolder ?? "" : "",',
      replacement:
        'state.lease?.preferredHolder ?? (isOfTerm ? "" : state.observed?.preferredHolder ?? ""),',
      killedBy: [
        HANDOVER,
        "a leader that is asked ends its term at its next renewal, and the named candidate leads",
      ],
    },
    {
      bug: "who is not ready claims",
      text: "if (!now.isReady || state.working",
      replacement: "if (state.working",
      killedBy: [READINESS, "who is not ready claims nothing, and sends no more than its polls"],
    },
    {
      bug: "who is not ready reads again and again for proof",
      text: "const mayClaimNext = now.isReady && now",
      replacement: "const mayClaimNext = now",
      killedBy: [READINESS, "who is not ready does not loop on reads where lost writes are kept"],
    },
  ]),
  ...mutantsOf("elector/machine/schedule.ts", "tests/elector/machine/schedule_test.ts", [
    {
      bug: "a rate limit is ignored",
      text: "set(turn, { notBefore: Math.max(turn.state.notBefore, retryAt) });",
      replacement: "",
      killedBy: [
        REFUSALS,
        "a follower makes no call before RateLimitError.retryAt, and then resumes",
      ],
    },
    {
      bug:
        "a step that comes too early by less than the clocks can show is repeated without a wait",
      text: "Math.max(LEAST_WAIT_MS, remainingLease(state.lease.sentAt, now, config))",
      replacement: "remainingLease(state.lease.sentAt, now, config)",
      killedBy:
        "wakeAt() is later than now while the lease lasts, though the clocks' rounding hides the difference",
    },
    {
      bug: "the term's end has no timer",
      text: "call, lease, state.drainUntil",
      replacement: "call, state.drainUntil",
      killedBy: [
        VALIDITY,
        "a term's signal aborts at sentAt + D, to the millisecond, though every answer hangs",
      ],
    },
    {
      bug: "an unclear write is followed by another without a look",
      text: "set(turn, { failures, callAt, mustRead: true });",
      replacement: "set(turn, { failures, callAt });",
      killedBy: [
        RENEW,
        "a renewal whose answer is lost is found by a get, and counts from when it was sent",
      ],
    },
    {
      bug: "no follower wakes when a lease expires",
      text: "callAt: Math.max(now.monotonic, Math.min(poll, claimRead))",
      replacement: "callAt: Math.max(now.monotonic, poll)",
      killedBy: [
        FOLLOWER,
        "a follower whose polls are further apart than the lease wakes at the lapse",
      ],
    },
    {
      bug: "a lapse is looked for though the quota is the leader's",
      text: "due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;",
      replacement: "due > now.monotonic ? due : isScarce ? Infinity : Infinity;",
      killedBy: [QUOTA, "a scarce quota is not spent on a read at the lapse of the lease"],
    },
    {
      bug: "a free lock is not claimed where the quota is scarce",
      text: "due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;",
      replacement: "due > now.monotonic && !isScarce ? due : Infinity;",
      killedBy: [QUOTA, "the claim of a free lock goes out though the quota is scarce"],
    },
    {
      bug: "a campaign that stops sleeps over an unclear write",
      text: "!state.lease && !state.unclear && !state.call",
      replacement: "!state.lease && !state.call",
      killedBy:
        "wakeAt() goes on for a campaign that stops with a lease, an unclear write or a call",
    },
  ]),
  ...mutantsOf("elector/machine/step.ts", RENEW, [
    {
      bug: "the deadline passes unnoticed",
      text: "  expireLease(turn);\n  expireDrain(turn);",
      replacement: "  expireDrain(turn);",
      killedBy: [STEP, "a term ends in the first step at sentAt + D"],
    },
    {
      bug: "a call that hangs is waited for",
      text: "if (!call || turn.now.monotonic < call.timeoutAt) return;",
      replacement: "if (!call || turn.now.monotonic < Infinity) return;",
      killedBy: "a leader whose calls hang once is back before its deadline",
    },
    {
      bug: "an answer to a call that was given up counts",
      text: "if (event.id === turn.state.call?.id) onAnswer(",
      replacement: "if (turn.state.call) onAnswer(",
      killedBy: "of several renewals of unknown outcome, the deadline counts from the earliest",
    },
    {
      bug: "a lease is renewed without end under work that never settles",
      text:
        '  if (stopping) finish(turn, "undrained");\n  else if (turn.state.lease) letLapse(turn);\n',
      replacement: "  void stopping;\n",
      killedBy: [
        DRAIN,
        "case 16: work that outlives drainTimeout is reported, and its lease is left to lapse",
      ],
    },
    {
      bug: "an event reaches a campaign that has not begun, or has ended",
      text: 'if (before.finished || (!before.started && event.type !== "start")) {',
      replacement: "if (before.calls < 0) {",
      killedBy: [STEP, "step() does nothing before the start of a campaign, nor after its end"],
    },
    {
      bug: "old work of an earlier campaign is never overdue",
      text: "const drainUntil = state.working ? now.monotonic + config.drainTimeout : undefined;",
      replacement: "const drainUntil = config.drainTimeout < 0 ? now.monotonic : undefined;",
      killedBy: [
        DRAIN,
        "lead() rejects where old work outlives another drainTimeout, instead of waiting without end",
      ],
    },
    {
      bug: "a leader that is not ready leads on",
      text: 'if (since >= unreadyAt(turn.state, turn.config)) endTerm(turn, "unready");',
      replacement: "",
      killedBy: [
        READINESS,
        "a leader that is not ready for the grace period ends its term and holds back",
      ],
    },
  ]),
];
