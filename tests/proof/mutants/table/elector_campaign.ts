import type { Mutant } from "../mutant.ts";

/** Bugs in `elector/campaign/`. */
export const ELECTOR_CAMPAIGN: readonly Mutant[] = [
  {
    bug: "the elector does not end the term",
    file: "elector/campaign/term_work.ts",
    text: "    term.end(reason);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "callbacks come in order: new leader, started, aborted, stopped, new leader",
    },
  },
  {
    bug: "the lock is released before the work has settled",
    file: "elector/campaign/term_work.ts",
    text: "this.settle(Promise.all([this.#work, cleanUp]));",
    replacement: "this.settle(cleanUp);",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test:
        "case 16: the work's signal aborts before any release leaves, and release waits for the work",
    },
  },
  {
    bug: "a machine that wakes from suspend does not look at the clock",
    file: "elector/campaign/alarm.ts",
    text: "if (hasLease) this.#stopLooking ??=",
    replacement: "if (false as boolean) this.#stopLooking ??=",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test:
        "a machine that wakes from a suspension past the deadline tells the work within a second",
    },
  },
  {
    bug: "a wall clock that jumps forward does not move the timer of the deadline",
    file: "elector/campaign/alarm.ts",
    text: "if (isLate || this.#isDue())",
    replacement: "if (this.#isDue())",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test:
        "the deadline is met to the millisecond after the wall clock jumped forward in the term",
    },
  },
  {
    bug: "a leader asks whether it is ready only when it renews",
    file: "elector/campaign/campaign.ts",
    text: "return this.#readiness.ask() !== this.#state.readiness?.isReady;",
    replacement: "return false;",
    killedBy: {
      file: "tests/elector/preference/readiness_test.ts",
      test: "a leader that is not ready for the grace period ends its term and holds back",
    },
  },
  {
    bug: "a follower looks at its clocks each second, too",
    file: "elector/campaign/alarm.ts",
    text:
      "if (hasLease) this.#stopLooking ??= every(this.#clock, LOOK_PERIOD_MS, () => this.#look());\n    else this.clear();",
    replacement: "this.#stopLooking ??= every(this.#clock, LOOK_PERIOD_MS, () => this.#look());",
    killedBy: {
      file: "tests/elector/leftovers_test.ts",
      test: "a campaign never has more than one timer, a leader one more, and none when it is over",
    },
  },
  {
    bug: "the looks at the clocks go on after a campaign that failed",
    file: "elector/campaign/alarm.ts",
    text: "    this.#stopLooking?.();\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/leftovers_test.ts",
      test: "no timer is left of a campaign that failed during a release",
    },
  },
  {
    bug: "an unknown outcome counts as a refusal",
    file: "elector/campaign/outcome.ts",
    text: "  const retryAt = retryAtOf(error);\n",
    replacement:
      '  const retryAt = retryAtOf(error);\n  if (retryAt === undefined) return { type: "conflict" };\n',
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "a first write whose answer is lost begins the term once a get finds it",
    },
  },
  {
    bug: "a lost race counts as an unknown outcome",
    file: "elector/campaign/outcome.ts",
    text: 'if (error instanceof LockConflictError) return { type: "conflict" };',
    replacement: "",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "an unlucky writer is a follower: its lost race is no error",
    },
  },
  {
    bug: "the next campaign does not wait for the last one's work",
    file: "elector/campaign/campaign.ts",
    text: "nextCampaign(previous.state, leftover !== undefined);",
    replacement: "nextCampaign(previous.state, false);",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test: "run() again leads no term in this process while the work of its last one still runs",
    },
  },
  {
    bug: "an error inside a callback is swallowed",
    file: "elector/campaign/campaign.ts",
    text: '    this.#failure ??= { error };\n    this.stop("failed");',
    replacement: "    void error;",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "onStartedLeading that throws ends the term, releases the lock and rejects run()",
    },
  },
  {
    bug: "a term outlives the campaign that broke down",
    file: "elector/campaign/campaign.ts",
    text: '    this.#work.end("failed");\n',
    replacement: "",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "random that throws ends the term and rejects run()",
    },
  },
  {
    bug: "an elector forgets between its campaigns",
    file: "elector/campaign/campaign.ts",
    text: "this.#state = nextCampaign(previous.state, leftover !== undefined);",
    replacement: "this.#state = nextCampaign(INITIAL_STATE, leftover !== undefined);",
    killedBy: {
      file: "tests/elector/campaigns_test.ts",
      test: "campaigns that are shorter than the lease still take over from a dead leader",
    },
  },
  {
    bug: "an answer to a call that was given up still counts as a success",
    file: "elector/campaign/calls.ts",
    text: "if (isAwaited()) failures.succeed(part);",
    replacement: "failures.succeed(part);",
    killedBy: {
      file: "tests/elector/reports_test.ts",
      test: "an answer to a call that was given up forgives no failure",
    },
  },
  {
    bug: "a term that breaks down is not said to have ended",
    file: "elector/campaign/term_work.ts",
    text: "const cleanUp = this.#watch(term,",
    replacement: 'const cleanUp = reason !== "failed" && this.#watch(term,',
    killedBy: {
      file: "tests/elector/late_errors_test.ts",
      test: "a broken promise of the election still ends its term once, and says so",
    },
  },
  {
    bug: "what work throws after a loss ends the campaign",
    file: "elector/campaign/work_error.ts",
    text: 'return goesOn ? "reported" : "fatal";',
    replacement: 'void goesOn;\n  return "fatal";',
    killedBy: {
      file: "tests/elector/late_errors_test.ts",
      test: "what work throws after its term was lost is reported, and the campaign goes on",
    },
  },
  {
    bug: "only the reason itself is obedience",
    file: "elector/campaign/work_error.ts",
    text: "    queue.push(next.cause);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/late_errors_test.ts",
      test:
        "work that ends by the reason as a cause has obeyed, after a stop and after every other end",
    },
  },
  {
    bug: "a refused write is an unknown outcome",
    file: "elector/campaign/outcome.ts",
    text: 'if (isRefusal(error) && part === "write") return { type: "refused" };',
    replacement: "",
    killedBy: {
      file: "tests/elector/refused_writes_test.ts",
      test: "refused claims are tried again more and more rarely, at most L apart",
    },
  },
  {
    bug: "a candidate finds out that it may not write when it has to",
    file: "elector/campaign/campaign.ts",
    text: "      this.#checkAccess(now.monotonic);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/refused_writes_test.ts",
      test: "a follower checks at its start and daily, without writing, that it may write",
    },
  },
  {
    bug: "a lock is not prepared",
    file: "elector/campaign/campaign.ts",
    text: "    if (this.#options.lock.prepare) await this.#prepare();\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a lock is prepared before the first look, and takes no time of a claim",
    },
  },
  {
    bug: "a stop does not give the preparation up",
    file: "elector/campaign/access.ts",
    text: "    this.#preparing.abort();\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test:
        "a stop during a preparation that ends when it is given up ends run() cleanly, without a call",
    },
  },
  {
    bug: "a stop waits for a preparation that does not listen",
    file: "elector/campaign/access.ts",
    text: "this.#options.lock.prepare?.({ signal }), stopped]",
    replacement:
      "this.#options.lock.prepare?.({ signal }), stopped.then(() => new Promise(() => {}))]",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a stop during a preparation that never ends ends run() cleanly, without a call",
    },
  },
  {
    bug: "a stop during the preparation is forgotten",
    file: "elector/campaign/campaign.ts",
    text: "const stopping = this.#access.isStopped;",
    replacement: "const { stopping } = this.#state;",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test:
        "a stop during a preparation that ends when it is given up ends run() cleanly, without a call",
    },
  },
  {
    bug: "work that settles during the preparation is waited for",
    file: "elector/campaign/campaign.ts",
    text: "working, isOverdue, notBefore };",
    replacement: "notBefore };",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "work that settles during the preparation of the next campaign holds no claim up",
    },
  },
  {
    bug: "a wait that the preparation was told of is not kept",
    file: "elector/campaign/access.ts",
    text: "return retryAtOf(error) ?? -Infinity;",
    replacement: "return -Infinity;",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "no call leaves before the time that a preparation was told to wait for",
    },
  },
  {
    bug: "an unsafe store found by the preparation does not end the campaign",
    file: "elector/campaign/access.ts",
    text: "    if (error instanceof UnsafeStoreError) this.#options.fail(error);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "an unsafe store ends run() before any call, is reported, and shows in check()",
    },
  },
  {
    bug: "an unsafe store found by a write does not end the campaign",
    file: "elector/campaign/calls.ts",
    text: "    if (error instanceof UnsafeStoreError) fail(error);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a claim that finds the store unsafe ends the campaign, and is not sent again",
    },
  },
  {
    bug: "an unsafe store found by a check of access does not end the campaign",
    file: "elector/campaign/access.ts",
    text: "      else if (error instanceof UnsafeStoreError) this.#onUntrusted(error);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a check of access that finds the store unsafe ends the campaign",
    },
  },
  {
    bug: "a preparation that passed is followed by a check of access",
    file: "elector/campaign/access.ts",
    text: "    if (memory.accessCheckAt === -Infinity) this.#plan(clock.monotonic());\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test:
        "a preparation that passed counts as the first check of access, one that failed does not",
    },
  },
  {
    bug: "the lock's period of checks is ignored",
    file: "elector/campaign/access.ts",
    text: "const { lock: { accessCheckPeriod = CHECK_PERIOD_MS }, memory } = this.#options;",
    replacement: "const { memory } = this.#options, accessCheckPeriod = CHECK_PERIOD_MS;",
    killedBy: {
      file: "tests/elector/prepare_test.ts",
      test: "a check of access that finds the store unsafe ends the campaign",
    },
  },
  {
    bug: "a term outlives its record",
    file: "elector/machine/answers.ts",
    text: '  if (outcome.type === "failed" && outcome.gone) giveUpLease(turn, "lost");\n',
    replacement: "",
    killedBy: {
      file: "tests/elector/deleted_test.ts",
      test:
        "a renewal that finds the record gone for certain ends the term at once, not the campaign",
    },
  },
  {
    bug: "a write that found no record may be in effect",
    file: "elector/machine/answers.ts",
    text: "!outcome.gone && !hasExpired",
    replacement: "!hasExpired",
    killedBy: {
      file: "tests/elector/deleted_test.ts",
      test:
        "a claim that finds the record gone for certain is not counted as a write that may be in effect",
    },
  },
  {
    bug: "every deletion counts as certain",
    file: "elector/campaign/outcome.ts",
    text: "gone: error instanceof LockDeletedError && error.isCertain,",
    replacement: "gone: error instanceof LockDeletedError,",
    killedBy: {
      file: "tests/elector/deleted_test.ts",
      test: "a deletion that may be a stale read does not end the term before its deadline",
    },
  },
  {
    bug: "an elector counts by another clock than its lock",
    file: "elector/options.ts",
    text: "options.clock ?? lock.clock ?? systemClock",
    replacement: "options.clock ?? systemClock",
    killedBy: {
      file: "tests/elector/timings_test.ts",
      test: "LeaderElector takes the clock and the request timeout of its lock",
    },
  },
  {
    bug: "an elector gives requests another time than its lock",
    file: "elector/options.ts",
    text: '  refuseMismatch("requestTimeout", options.requestTimeout, lock.requestTimeout);\n',
    replacement: "",
    killedBy: {
      file: "tests/elector/timings_test.ts",
      test: "LeaderElector refuses a clock or a request timeout that is not its lock's",
    },
  },
  {
    bug: "the lock's timings are not the defaults",
    file: "elector/options.ts",
    text: "    ...lock.defaultTimings,\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/timings_test.ts",
      test: "the lock's timings are the defaults, and options override each of them",
    },
  },
  {
    bug: "a callback that is not a function fails in the middle of a term",
    file: "lock/checks.ts",
    text: 'value === undefined || typeof value === "function") continue',
    replacement:
      'value === undefined || name.startsWith("on") || typeof value === "function") continue',
    killedBy: {
      file: "tests/elector/wrong_options_test.ts",
      test: "new LeaderElector() refuses what is not a function",
    },
  },
  {
    bug: "an elector takes anything for its callbacks",
    file: "elector/options.ts",
    text: "  checkFunctions(options, FUNCTIONS);\n",
    replacement: "  checkFunctions({}, FUNCTIONS);\n",
    killedBy: {
      file: "tests/elector/wrong_options_test.ts",
      test: "new LeaderElector() refuses what is not a function",
    },
  },
  {
    bug: "a handover's request polls without a pause",
    file: "elector/handover.ts",
    text: "options.pollPeriod ?? DEFAULT_TIMINGS.pollPeriod);",
    replacement: "1);",
    killedBy: {
      file: "tests/elector/wrong_options_test.ts",
      test: "requestHandover() refuses a poll period",
    },
  },
  {
    bug: "a request has a sender that no record can hold",
    file: "elector/handover.ts",
    text: "!isIdentity(requestedBy)",
    replacement: "!isIdentity(identity)",
    killedBy: {
      file: "tests/elector/wrong_options_test.ts",
      test: "requestHandover() refuses a name of its sender",
    },
  },
];
