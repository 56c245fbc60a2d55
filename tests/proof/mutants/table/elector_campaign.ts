import { type Mutant, mutantsOf } from "../mutant.ts";

const CALLBACKS = "tests/elector/callbacks_test.ts";
const CAMPAIGNS = "tests/elector/campaigns_test.ts";
const DELETED = "tests/elector/deleted_test.ts";
const DRAIN = "tests/elector/drain_test.ts";
const LATE_ERRORS = "tests/elector/late_errors_test.ts";
const LEFTOVERS = "tests/elector/leftovers_test.ts";
const OBSERVED = "tests/elector/observed_test.ts";
const ODD_ERRORS = "tests/elector/odd_errors_test.ts";
const READINESS = "tests/elector/preference/readiness_test.ts";
const PREPARE = "tests/elector/prepare_test.ts";
const REFUSALS = "tests/elector/refusals_test.ts";
const REFUSED_WRITES = "tests/elector/refused_writes_test.ts";
const VALIDITY = "tests/elector/validity_test.ts";

/** Bugs in `elector/campaign/`. */
export const ELECTOR_CAMPAIGN: readonly Mutant[] = [
  ...mutantsOf("elector/campaign/access.ts", PREPARE, [
    {
      bug: "a stop does not give the preparation up",
      text: "    this.#preparing.abort();\n",
      replacement: "",
      killedBy:
        "a stop during a preparation that ends when it is given up ends run() cleanly, without a call",
    },
    {
      bug: "a stop waits for a preparation that does not listen",
      text: "this.#options.lock.prepare?.({ signal }), stopped]",
      replacement:
        "this.#options.lock.prepare?.({ signal }), stopped.then(() => new Promise(() => {}))]",
      killedBy: "a stop during a preparation that never ends ends run() cleanly, without a call",
    },
    {
      bug: "the time to wait that the preparation returned is ignored",
      text: "return retryAtOf(error) ?? -Infinity;",
      replacement: "return -Infinity;",
      killedBy: "no call is made before the time that a preparation has to wait for",
    },
    {
      bug: "an unsafe store found by the preparation does not end the campaign",
      text: "    if (error instanceof UnsafeStoreError) this.#options.fail(error);\n",
      replacement: "",
      killedBy: "an unsafe store ends run() before any call, is reported, and shows in check()",
    },
    {
      bug: "an unsafe store found by a check of access does not end the campaign",
      text: "      else if (error instanceof UnsafeStoreError) this.#onUntrusted(error);\n",
      replacement: "",
      killedBy: "a check of access that finds the store unsafe ends the campaign",
    },
    {
      bug: "a preparation that passed is followed by a check of access",
      text: "    if (memory.accessCheckAt === -Infinity) this.#plan(clock.monotonic());\n",
      replacement: "",
      killedBy:
        "a preparation that passed counts as the first check of access, one that failed does not",
    },
    {
      bug: "the lock's period of checks is ignored",
      text: "const { lock: { accessCheckPeriod = CHECK_PERIOD_MS }, memory } = this.#options;",
      replacement: "const { memory } = this.#options, accessCheckPeriod = CHECK_PERIOD_MS;",
      killedBy: "a check of access that finds the store unsafe ends the campaign",
    },
    {
      bug: "access that stays refused is reported at every check",
      text: '      await lock.checkAccess({ signal });\n      memory.failures.succeed("access");\n',
      replacement:
        '      memory.failures.succeed("access");\n      await lock.checkAccess({ signal });\n',
      killedBy: [ODD_ERRORS, "access that is refused every day is reported once"],
    },
  ]),
  ...mutantsOf("elector/campaign/alarm.ts", LEFTOVERS, [
    {
      bug: "a machine that wakes from suspend does not read the clocks",
      text: "if (hasLease) this.#stopLooking ??=",
      replacement: "if (false as boolean) this.#stopLooking ??=",
      killedBy: [
        VALIDITY,
        "a machine that wakes from a suspension past the deadline aborts the work within a second",
      ],
    },
    {
      bug: "a wall clock that jumps forward does not move the timer of the deadline",
      text: "if (isLate || this.#isDue())",
      replacement: "if (this.#isDue())",
      killedBy: [
        VALIDITY,
        "the deadline is met to the millisecond after the wall clock jumped forward in the term",
      ],
    },
    {
      bug: "a follower looks at its clocks each second, too",
      text:
        "if (hasLease) this.#stopLooking ??= every(this.#clock, LOOK_PERIOD_MS, () => this.#look());\n    else this.clear();",
      replacement: "this.#stopLooking ??= every(this.#clock, LOOK_PERIOD_MS, () => this.#look());",
      killedBy:
        "a campaign never has more than one timer, a leader one more, and none when it is over",
    },
    {
      bug: "the readings of the clocks continue after a campaign that failed",
      text: "    this.#stopLooking?.();\n",
      replacement: "",
      killedBy: "no timer is left of a campaign that failed during a release",
    },
    {
      bug: "an old timer is left when a new one is set",
      text: "    this.#pending.abort();\n    this.#lead",
      replacement: "    this.#lead",
      killedBy:
        "a campaign never has more than one timer, a leader one more, and none when it is over",
    },
  ]),
  ...mutantsOf("elector/campaign/calls.ts", "tests/elector/reports_test.ts", [
    {
      bug: "an answer to a call that was given up still counts as a success",
      text: "if (isAwaited()) failures.succeed(part);",
      replacement: "failures.succeed(part);",
      killedBy: "an answer to a call that was given up forgives no failure",
    },
    {
      bug: "an unsafe store found by a write does not end the campaign",
      text: "    if (error instanceof UnsafeStoreError) fail(error);\n",
      replacement: "",
      killedBy: [
        PREPARE,
        "a claim that finds the store unsafe ends the campaign, and is not sent again",
      ],
    },
    {
      bug: "a call that takes too long is not aborted",
      text: 'this.#inFlight.abort(new DOMException("The call was given up", "AbortError"));',
      replacement: "",
      killedBy: [LEFTOVERS, "a call of get() that took too long is aborted, with a reason"],
    },
  ]),
  ...mutantsOf("elector/campaign/campaign.ts", PREPARE, [
    {
      bug: "a quota() that throws ends the process",
      text: "return this.#guard(() => this.#calls.send(effect));",
      replacement: "return this.#calls.send(effect);",
      killedBy: [ODD_ERRORS, "a lock whose quota() throws ends the election with that error"],
    },
    {
      bug: "a leader asks whether it is ready only when it renews",
      text: "return this.#isReady() !== this.#state.readiness?.isReady;",
      replacement: "return false;",
      killedBy: [
        READINESS,
        "a leader that is not ready for the grace period ends its term and holds back",
      ],
    },
    {
      bug: "the next campaign does not wait for the last one's work",
      text: "nextCampaign(previous.state, leftover !== undefined);",
      replacement: "nextCampaign(previous.state, false);",
      killedBy: [
        DRAIN,
        "run() again leads no term in this process while the work of its last one still runs",
      ],
    },
    {
      bug: "an error inside a callback is swallowed",
      text: '    this.#failure ??= { error };\n    this.stop("failed");',
      replacement: "    void error;",
      killedBy: [
        CALLBACKS,
        "onStartedLeading that throws ends the term, releases the lock and rejects run()",
      ],
    },
    {
      bug: "a term outlives the campaign that broke down",
      text: '    this.work.end("failed");\n',
      replacement: "",
      killedBy: [CALLBACKS, "random that throws ends the term and rejects run()"],
    },
    {
      bug: "an elector forgets between its campaigns",
      text: "this.#state = nextCampaign(previous.state, leftover !== undefined);",
      replacement: "this.#state = nextCampaign(INITIAL_STATE, leftover !== undefined);",
      killedBy: [
        CAMPAIGNS,
        "campaigns that are shorter than the lease still take over from a dead leader",
      ],
    },
    {
      bug: "a candidate finds out that it may not write when it has to",
      text: "      this.#checkAccess(now.monotonic);\n",
      replacement: "",
      killedBy: [
        REFUSED_WRITES,
        "a follower checks at its start and daily, without writing, that it may write",
      ],
    },
    {
      bug: "a lock is not prepared",
      text: "    if (this.#options.lock.prepare) await this.#prepare();\n",
      replacement: "",
      killedBy: "a lock is prepared before the first look, and takes no time of a claim",
    },
    {
      bug: "a stop during the preparation is forgotten",
      text: "const stopping = this.#access.isStopped;",
      replacement: "const { stopping } = this.#state;",
      killedBy:
        "a stop during a preparation that ends when it is given up ends run() cleanly, without a call",
    },
    {
      bug: "work that settles during the preparation is waited for",
      text: "working, isOverdue, notBefore };",
      replacement: "notBefore };",
      killedBy: "work that settles during the preparation of the next campaign holds no claim up",
    },
    {
      bug: "each read renews the age of the last observation",
      text: "remember(next.event, this.#state.observed);",
      replacement:
        "remember(next.event, this.#state.observed && { ...this.#state.observed, at: next.now.monotonic });",
      killedBy: [OBSERVED, "status() gives the record that was last seen, and since when"],
    },
    {
      bug: "a check of access outlives its campaign",
      text: "        this.#access.end();\n        return this.#finished",
      replacement: "        return this.#finished",
      killedBy: [
        LEFTOVERS,
        "a check of access that is under way is given up when its campaign ends",
      ],
    },
    {
      bug: "an answer to a campaign that failed is reported",
      text: "finished: true, call: undefined, lease: undefined }",
      replacement: "finished: true, lease: undefined }",
      killedBy: [
        LEFTOVERS,
        "a call that fails after its campaign has failed is not reported",
      ],
    },
    {
      bug: "a problem that lasts is hidden by the next read that succeeds",
      text: "return reported ? this.#errorOf(reported) : this.#options.memory.failures.last;",
      replacement: "return this.#options.memory.failures.last ?? (reported && undefined);",
      killedBy: [
        LEFTOVERS,
        "a record that has disappeared is what status() says is wrong, though reads succeed",
      ],
    },
  ]),
  ...mutantsOf("elector/campaign/failures.ts", ODD_ERRORS, [
    {
      bug: "a failure that names another version each time is reported each time",
      text: "[\\da-f]{7,}|",
      replacement: "",
      killedBy: "failures that differ only in a version such as 4f2a9c0be1d7 are reported once",
    },
    {
      bug: "an error whose message is not a text ends the process",
      text: "String(error.message).replaceAll",
      replacement: "error.message.replaceAll",
      killedBy: "a read that is rejected with Error: 5 is repeated after P, like any other failure",
    },
  ]),
  ...mutantsOf("elector/campaign/memory.ts", OBSERVED, [
    {
      bug: "a request for a handover makes a lease younger in the status",
      text: "this.sighting = { observed, at: inEffect.at };",
      replacement: "this.sighting = { observed, at: inEffect.versionAt };",
      killedBy:
        "status() counts the lease's age from the holder's write, not from a request on top of it",
    },
    {
      bug: "a stale read shows as the last observation",
      text: "if (observed.version !== inEffect?.version) return;",
      replacement: "if (!inEffect) return;",
      killedBy: "status() is not deceived by a stale read",
    },
    {
      bug: "a record that was merely shown replaces the proven one",
      text: "if (!isNew && observed.isProven === false) return;",
      replacement: "",
      killedBy: "status() gives a version the record that was proven",
    },
  ]),
  ...mutantsOf("elector/campaign/outcome.ts", "tests/elector/renew_test.ts", [
    {
      bug: "a time that is no number is waited for",
      text: "mayPause && Number.isFinite(error.retryAt) ?",
      replacement: "mayPause ?",
      killedBy: [
        "tests/elector/watch_test.ts",
        "a pause until NaN is none: watch() and a candidate go on at their pace",
      ],
    },
    {
      bug: "an unknown outcome counts as a refusal",
      text: "  const retryAt = retryAtOf(error);\n",
      replacement:
        '  const retryAt = retryAtOf(error);\n  if (retryAt === undefined) return { type: "conflict" };\n',
      killedBy: "a first write whose answer is lost begins the term once a get finds it",
    },
    {
      bug: "a lost race counts as an unknown outcome",
      text: 'if (error instanceof LockConflictError) return { type: "conflict" };',
      replacement: "",
      killedBy: "an unlucky writer is a follower: its lost race is no error",
    },
    {
      bug: "a refused write is an unknown outcome",
      text: 'if (isRefusal(error) && part === "write") return { type: "refused" };',
      replacement: "",
      killedBy: [
        REFUSED_WRITES,
        "refused claims are tried again more and more rarely, at most L apart",
      ],
    },
    {
      bug: "every deletion counts as certain",
      text: "gone: error instanceof LockDeletedError && error.isCertain,",
      replacement: "gone: error instanceof LockDeletedError,",
      killedBy: [
        DELETED,
        "a deletion that may be a stale read does not end the term before its deadline",
      ],
    },
    {
      bug: "the time that an unavailable store names is not waited for",
      text: "error instanceof RateLimitError || error instanceof LockUnavailableError ||",
      replacement: "error instanceof RateLimitError ||",
      killedBy: [ODD_ERRORS, "a follower waits as long as a LockUnavailableError asks for"],
    },
  ]),
  ...mutantsOf("elector/campaign/readiness.ts", READINESS, [
    {
      bug: "a readiness callback that answers with a promise is ready",
      text: 'if (typeof value === "boolean") return value;',
      replacement: "if (value !== undefined) return Boolean(value);",
      killedBy:
        "a callback that throws, or does not answer with a boolean, is not ready, and is reported once",
    },
  ]),
  ...mutantsOf("elector/campaign/term_work.ts", LEFTOVERS, [
    {
      bug: "what work throws after its campaign is lost",
      text: 'if (fate === "reported" || this.#options.state().finished)',
      replacement: 'if (fate === "reported")',
      killedBy: [
        LATE_ERRORS,
        "what work throws after its campaign has given up waiting for it is reported",
      ],
    },
    {
      bug: "the elector does not end the term",
      text: "    term.end(reason);\n",
      replacement: "",
      killedBy: [
        CALLBACKS,
        "callbacks come in order: new leader, started, aborted, stopped, new leader",
      ],
    },
    {
      bug: "the lock is released before the work has settled",
      text: "this.settle(Promise.all([this.unsettled, cleanUp]));",
      replacement: "this.settle(cleanUp);",
      killedBy: [
        DRAIN,
        "case 16: the work's signal aborts before any release leaves, and release waits for the work",
      ],
    },
    {
      bug: "a term that breaks down is not said to have ended",
      text: "const cleanUp = this.#watch(term,",
      replacement: 'const cleanUp = reason !== "failed" && this.#watch(term,',
      killedBy: [
        REFUSALS,
        "a lock whose describe() throws when a call is given up ends the term and rejects run()",
      ],
    },
    {
      bug: "work that outlives a whole campaign is forgotten",
      text: "    this.unsettled = work;\n",
      replacement: "",
      killedBy: "work that outlives two campaigns keeps the third from leading",
    },
    {
      bug: "a term that has ended is ended again when its campaign fails",
      text: "if (!term || term.signal.aborted) return;",
      replacement: "if (!term) return;",
      killedBy: "a campaign that fails after its term has ended does not end it again",
    },
  ]),
  ...mutantsOf("elector/campaign/work_error.ts", LATE_ERRORS, [
    {
      bug: "an abort during a clean-up is a failure",
      text: "queue.push(cause, raised, suppressed,",
      replacement: "queue.push(cause,",
      killedBy:
        "work that ends by a clean-up that the abort cuts short, too has obeyed, after a stop and after every other end",
    },
    {
      bug: "what work throws after a loss ends the campaign",
      text: 'return goesOn ? "reported" : "fatal";',
      replacement: 'void goesOn;\n  return "fatal";',
      killedBy: "what work throws after its term was lost is reported, and the campaign goes on",
    },
    {
      bug: "what work throws after its candidate was not ready for too long ends the campaign",
      text: 'new Set(["stopped", ',
      replacement: 'new Set(["unready", "stopped", ',
      killedBy: "what work throws after its term was unready is reported, and the campaign goes on",
    },
    {
      bug: "only the reason itself is obedience",
      text: "queue.push(cause, raised,",
      replacement: "queue.push(raised,",
      killedBy:
        "work that ends by the reason as a cause has obeyed, after a stop and after every other end",
    },
    {
      bug: "an error that is its own cause is followed in a loop",
      text: "    seen.add(next);\n",
      replacement: "",
      killedBy: [
        ODD_ERRORS,
        "an error that is its own cause is no obedience, and is looked at once",
      ],
    },
  ]),
];
