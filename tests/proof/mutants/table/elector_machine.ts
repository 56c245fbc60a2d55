import type { Mutant } from "../mutant.ts";

/** Bugs in `elector/machine/`. */
export const ELECTOR_MACHINE: readonly Mutant[] = [
  {
    bug: "a term counts from the answer to its write",
    file: "elector/machine/answers.ts",
    text: 'else if (state.lease || call.purpose !== "renew") hold(turn, write);',
    replacement:
      'else if (state.lease || call.purpose !== "renew") hold(turn, { ...write, sentAt: { monotonic: now.monotonic, wall: now.wall } });',
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "the term of a leader cut off ends exactly D after its last good write was sent",
    },
  },
  {
    bug: "the deadline passes unnoticed",
    file: "elector/machine/step.ts",
    text: "  expireLease(turn);\n  expireDrain(turn);",
    replacement: "  expireDrain(turn);",
    killedBy: {
      file: "tests/elector/machine/step_test.ts",
      test: "a term ends in the first step at sentAt + D",
    },
  },
  {
    bug: "a lease is claimed before it lapsed",
    file: "elector/machine/requests.ts",
    text:
      "if (!now.isReady || state.working || now.monotonic < claimableAt(state, config)) return false;",
    replacement: "if (!now.isReady || state.working) return false;",
    killedBy: {
      file: "tests/elector/acquire_test.ts",
      test: "case 7: a record that changed just now has a holder, and one get tells",
    },
  },
  {
    bug: "a lock is claimed while old work goes on",
    file: "elector/machine/requests.ts",
    text: "if (!now.isReady || state.working || now",
    replacement: "if (!now.isReady || now",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test: "no other term starts in this process while the work of the last one runs",
    },
  },
  {
    bug: "a stale read is believed",
    file: "elector/machine/answers.ts",
    text: "if (stale && !isStuck(turn)) return onReadFailed(turn, call);",
    replacement: "",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "a stale read does not depose a leader",
    },
  },
  {
    bug: "replaced versions are forgotten",
    file: "elector/machine/answers.ts",
    text: "const isOld = superseded.includes(seen.version) ||",
    replacement: "const isOld = superseded.length < 0 ||",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "a stale, released record is not taken: its version is known to be replaced",
    },
  },
  {
    bug: "another holder does not end the term",
    file: "elector/machine/answers.ts",
    text: 'if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");',
    replacement: "",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "the leader ends its term at once when it sees another holder",
    },
  },
  {
    bug: "of unclear writes the latest counts",
    file: "elector/machine/answers.ts",
    text: "set(turn, { unclear: state.unclear ?? write });",
    replacement: "set(turn, { unclear: write });",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "of several renewals of unknown outcome, the deadline counts from the earliest",
    },
  },
  {
    bug: "an earlier write that somebody put back is taken for the claim under way",
    file: "elector/machine/preference.ts",
    text: "token && sequence >= unclear.id;",
    replacement: "token;",
    killedBy: {
      file: "tests/proof/mutants/machine_test.ts",
      test: "step() takes a record of an earlier write for no claim that is under way",
    },
  },
  {
    bug: "another campaign's record is taken for one's own",
    file: "elector/machine/preference.ts",
    text: "const isMine = session === config.session && unclear",
    replacement: "const isMine = unclear",
    killedBy: {
      file: "tests/proof/mutants/machine_test.ts",
      test: "step() takes a record of another campaign with the same lock for no claim of its own",
    },
  },
  {
    bug: "a renewal that outlived its term begins a new one",
    file: "elector/machine/answers.ts",
    text: 'else if (state.lease || call.purpose !== "renew") hold(turn, write);',
    replacement: "else hold(turn, write);",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test:
        "a renewal that outlasts its term's deadline begins no term, though its own is yet to come",
    },
  },
  {
    bug: "an unclear write of a term that has ended still counts",
    file: "elector/machine/answers.ts",
    text:
      'const hasExpired = (call.purpose === "renew" || call.purpose === "release") && !state.lease;',
    replacement: "const hasExpired = false;",
    killedBy: {
      file: "tests/elector/stop_test.ts",
      test: "a release that fails after its lease has ended lends its token to no later term",
    },
  },
  {
    bug: "who lost the race does not wait for the winner's lease",
    file: "elector/machine/answers.ts",
    text: "isReplaced: true, versionAt: now.monotonic }",
    replacement: "versionAt: now.monotonic }",
    killedBy: {
      file: "tests/elector/follower_test.ts",
      test: "a candidate that lost the race waits a full lease anew, though its looks are stale",
    },
  },
  {
    bug: "the highest token is forgotten",
    file: "elector/machine/leadership.ts",
    text: "highestToken: Math.max(highestToken, seen.token),",
    replacement: "highestToken: seen.token,",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "case 12: a token rises above all that were seen before the garbage",
    },
  },
  {
    bug: "a term begins after its own deadline",
    file: "elector/machine/leadership.ts",
    text: "if (remainingLease(write.sentAt, now, config) <= 0) return;",
    replacement: "",
    killedBy: {
      file: "tests/elector/acquire_test.ts",
      test: "a first write that takes effect after its own deadline begins no term",
    },
  },
  {
    bug: "a term begins though a stop was asked for",
    file: "elector/machine/leadership.ts",
    text: "if (open) startTerm(turn, write);",
    replacement: "startTerm(turn, write);",
    killedBy: {
      file: "tests/elector/stop_test.ts",
      test: "a stop during an acquisition begins no term and leaves no lease behind",
    },
  },
  {
    bug: "a release leaves while work goes on",
    file: "elector/machine/requests.ts",
    text: "const releasing = (state.stopping || state.lease?.open === false) && !state.working;",
    replacement: "const releasing = state.stopping || state.lease?.open === false;",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test: "case 16: the lease is renewed while the work drains, though the term is over",
    },
  },
  {
    bug: "a deleted record is created again",
    file: "elector/machine/answers.ts",
    text: "if (!turn.state.observed) return onAbsent(turn, call);",
    replacement:
      "if (!turn.state.observed || !turn.state.lease) { set(turn, { observed: undefined }); return onAbsent(turn, call); }",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "a record that disappears under a follower is never created again",
    },
  },
  {
    bug: "garbage is overwritten at once",
    file: "elector/machine/answers.ts",
    text: "const duration = Math.max(config.leaseDuration, state.observed?.duration ?? 0);",
    replacement: "const duration = 0;",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "case 12: garbage that changes is waited out anew",
    },
  },
  {
    bug: "a rate limit is ignored",
    file: "elector/machine/schedule.ts",
    text: "set(turn, { notBefore: Math.max(turn.state.notBefore, retryAt) });",
    replacement: "",
    killedBy: {
      file: "tests/elector/refusals_test.ts",
      test: "a follower makes no call before RateLimitError.retryAt, and then resumes",
    },
  },
  {
    bug: "a step that comes too early by less than the clocks can tell is taken again and again",
    file: "elector/machine/schedule.ts",
    text: "Math.max(LEAST_WAIT_MS, remainingLease(state.lease.sentAt, now, config))",
    replacement: "remainingLease(state.lease.sentAt, now, config)",
    killedBy: {
      file: "tests/elector/machine/schedule_test.ts",
      test:
        "wakeAt() is later than now while the lease lasts, though the clocks' rounding hides the difference",
    },
  },
  {
    bug: "the term's end has no timer",
    file: "elector/machine/schedule.ts",
    text: "    lease,\n    state.drainUntil",
    replacement: "    state.drainUntil",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test: "a term's signal aborts at sentAt + D, to the millisecond, though every answer hangs",
    },
  },
  {
    bug: "an unclear write is followed by another without a look",
    file: "elector/machine/schedule.ts",
    text: "set(turn, { failures, callAt, mustRead: true });",
    replacement: "set(turn, { failures, callAt });",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "a renewal whose answer is lost is found by a get, and counts from when it was sent",
    },
  },
  {
    bug: "nobody wakes when a lease lapses",
    file: "elector/machine/schedule.ts",
    text: "callAt: Math.max(now.monotonic, Math.min(poll, claimRead))",
    replacement: "callAt: Math.max(now.monotonic, poll)",
    killedBy: {
      file: "tests/elector/follower_test.ts",
      test: "a follower whose polls are further apart than the lease wakes at the lapse",
    },
  },
  {
    bug: "the work is not told that its lease is given up",
    file: "elector/machine/leadership.ts",
    text: "  endTerm(turn, reason);\n  set(turn, { lease: undefined,",
    replacement: "  set(turn, { lease: undefined,",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "the leader ends its term at once when it sees another holder",
    },
  },
  {
    bug: "who stepped down claims first",
    file: "elector/machine/leadership.ts",
    text: "if (lease && pause > 0) {",
    replacement: "if (lease && pause < 0) {",
    killedBy: {
      file: "tests/elector/step_down_test.ts",
      test: "a candidate that stepped down claims nothing for a lease duration",
    },
  },
  {
    bug: "a call that hangs is waited for",
    file: "elector/machine/step.ts",
    text: "if (!call || turn.now.monotonic < call.timeoutAt) return;",
    replacement: "if (!call || turn.now.monotonic < Infinity) return;",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "a leader whose calls hang once is back before its deadline",
    },
  },
  {
    bug: "an answer to a call that was given up counts",
    file: "elector/machine/step.ts",
    text: "if (event.id === turn.state.call?.id) onAnswer(",
    replacement: "if (turn.state.call) onAnswer(",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "of several renewals of unknown outcome, the deadline counts from the earliest",
    },
  },
  {
    bug: "a renewal waits for the answer to the last one",
    file: "elector/machine/leadership.ts",
    text:
      "else set(turn, { callAt: write.sentAt.monotonic + renewPeriod(state.quota, now, config) });",
    replacement:
      "else set(turn, { callAt: now.monotonic + renewPeriod(state.quota, now, config) });",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "case 9: the next renewal is R after the last was sent, not after its answer",
    },
  },
  {
    bug: "a lease is renewed for ever under work that never settles",
    file: "elector/machine/step.ts",
    text:
      '  if (stopping) finish(turn, "undrained");\n  else if (turn.state.lease) letLapse(turn);\n',
    replacement: "  void stopping;\n",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test: "case 16: work that outlives drainTimeout is reported, and its lease is left to lapse",
    },
  },
  {
    bug: "a renewal does not move the deadline on",
    file: "elector/machine/leadership.ts",
    text: "set(turn, { lease: { ...state.lease, sentAt: write.sentAt } });",
    replacement: "",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test: "a term outlives an error that a later renewal mends",
    },
  },
  {
    bug: "an event reaches a campaign that has not begun, or has ended",
    file: "elector/machine/step.ts",
    text: 'if (before.finished || (!before.started && event.type !== "start")) {',
    replacement: "if (before.calls < 0) {",
    killedBy: {
      file: "tests/proof/mutants/machine_test.ts",
      test: "step() does nothing before the start of a campaign, nor after its end",
    },
  },
  {
    bug: "hearsay is claimed",
    file: "elector/machine/answers.ts",
    text: "} else if (!isProven && mayWriteNext(turn)) {",
    replacement: "} else if (!isProven && now.monotonic >= Infinity) {",
    killedBy: {
      file: "tests/elector/unproven_test.ts",
      test:
        "a record that is only shown as released is proven before it is claimed, and is not claimed if it is held",
    },
  },
  {
    bug: "a proof does not replace what was shown",
    file: "elector/machine/answers.ts",
    text: "} else if (seen.isProven && !observed.isProven) {",
    replacement: "} else if (seen.version === undefined) {",
    killedBy: {
      file: "tests/elector/unproven_test.ts",
      test:
        "a record that is only shown as released is proven before it is claimed, and is not claimed if it is held",
    },
  },
  {
    bug: "a proof cuts a lease short",
    file: "elector/machine/leadership.ts",
    text: "observed.termAt : at;\n  const duration = Math.max(observed.duration, seen.duration);",
    replacement:
      "observed.termAt : at;\n  const duration = Math.min(observed.duration, seen.duration);",
    killedBy: {
      file: "tests/elector/unproven_test.ts",
      test:
        "a record that is only shown as held keeps its first sight, its proof the longer duration",
    },
  },
  {
    bug: "a version that hearsay replaced stays stale though it is proven",
    file: "elector/machine/answers.ts",
    text: "return isOld && (observed.isProven || !seen.isProven);",
    replacement: "return isOld;",
    killedBy: {
      file: "tests/elector/unproven_test.ts",
      test: "a proof brings back a version that hearsay had replaced",
    },
  },
  {
    bug: "a holder takes hearsay for the fate of its write",
    file: "elector/machine/requests.ts",
    text: "const isHolder = state.lease !== undefined || state.unclear !== undefined;",
    replacement: "const isHolder = false;",
    killedBy: {
      file: "tests/elector/unproven_test.ts",
      test: "a holder reads with proof, and a follower that watches does not",
    },
  },
  {
    bug: "a follower is stuck on stale reads from before its campaign",
    file: "elector/machine/answers.ts",
    text: "const since = Math.max(observed.versionAt, firstReadAt);",
    replacement: "const since = observed.versionAt;",
    killedBy: {
      file: "tests/elector/campaigns_test.ts",
      test: "whether reads are stale for a whole lease is counted from the campaign's first read",
    },
  },
  {
    bug: "only a holder that is seen ends what was held back for",
    file: "elector/machine/leadership.ts",
    text: 'if (holder !== "" || (holdBack && token > holdBack.token)) set(',
    replacement: 'if (holder !== "") set(',
    killedBy: {
      file: "tests/elector/campaigns_test.ts",
      test:
        "a candidate that stepped down claims again once another has led and released, seen or not",
    },
  },
  {
    bug: "refused claims are pressed on",
    file: "elector/machine/answers.ts",
    text: "return set(turn, { claimFrom: now.monotonic + pause });",
    replacement: "return void pause;",
    killedBy: {
      file: "tests/elector/refused_writes_test.ts",
      test: "refused claims are tried again more and more rarely, at most L apart",
    },
  },
  {
    bug: "a crowd writes again at once",
    file: "elector/machine/answers.ts",
    text: "const pause = backoff(lostRaces + 1, now.random, config);",
    replacement: "const pause = 0 * lostRaces;",
    killedBy: {
      file: "tests/elector/contention_test.ts",
      test:
        "claims that lose or stay unclear wait at random, longer each time, until a holder is seen",
    },
  },
  {
    bug: "old work of an earlier campaign is never overdue",
    file: "elector/machine/step.ts",
    text: "const drainUntil = state.working ? now.monotonic + config.drainTimeout : undefined;",
    replacement: "const drainUntil = config.drainTimeout < 0 ? now.monotonic : undefined;",
    killedBy: {
      file: "tests/elector/unsettled_work_test.ts",
      test:
        "lead() rejects where old work outlives another drainTimeout, instead of waiting without end",
    },
  },
  {
    bug: "a duplicate identity goes unnoticed",
    file: "elector/machine/answers.ts",
    text: "  reportDuplicate(turn, seen);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/reports_test.ts",
      test: "a leader that loses its lease to another process under its identity says so",
    },
  },
  {
    bug: "a lapse is looked for though the quota is the leader's",
    file: "elector/machine/schedule.ts",
    text: "due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;",
    replacement: "due > now.monotonic ? due : isScarce ? Infinity : Infinity;",
    killedBy: {
      file: "tests/elector/machine/quota_test.ts",
      test: "a scarce quota is not spent on a read at the lapse of the lease",
    },
  },
  {
    bug: "a free lock is not claimed where the quota is scarce",
    file: "elector/machine/schedule.ts",
    text: "due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;",
    replacement: "due > now.monotonic && !isScarce ? due : Infinity;",
    killedBy: {
      file: "tests/elector/machine/quota_test.ts",
      test: "the claim of a free lock goes out though the quota is scarce",
    },
  },
];
