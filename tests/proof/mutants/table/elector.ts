import { type Mutant, mutantsOf } from "../mutant.ts";

const CALLBACKS = "tests/elector/callbacks_test.ts";
const LEFTOVERS = "tests/elector/leftovers_test.ts";
const LATE_ERRORS = "tests/elector/late_errors_test.ts";
const HANDOVER = "tests/elector/preference/handover_test.ts";
const WRONG_OPTIONS = "tests/elector/wrong_options_test.ts";

/** Bugs in `elector/`. */
export const ELECTOR: readonly Mutant[] = [
  ...mutantsOf("elector/elector.ts", "tests/elector/lead_test.ts", [
    {
      bug: "work of lead() that throws too late ends the next campaign",
      text: "          if (term.isValid() || ended === undefined || isOver)",
      replacement:
        '          this.#campaign?.stop("finished");\n          if (term.isValid() || ended === undefined || isOver)',
      killedBy: [LATE_ERRORS, "what work of lead() throws too late does not end the next campaign"],
    },
    {
      bug: "what work of lead() throws after its campaign is lost",
      text: " || isOver) throw error;",
      replacement: ") throw error;",
      killedBy: [
        LATE_ERRORS,
        "what work throws after its campaign has given up waiting for it is reported",
      ],
    },
    {
      bug: "a campaign can begin while another one does",
      text: "    this.#running = running.promise;\n    running.resolve(campaign.run());",
      replacement: "    running.resolve(campaign.run());\n    this.#running = running.promise;",
      killedBy: ["tests/elector/campaigns_test.ts", "no campaign begins while another one does"],
    },
    {
      bug: "a handover to oneself ends the term",
      text: "const hasTerm = identity !== this.#setup.lock.identity && this.isLeader();",
      replacement: "const hasTerm = this.isLeader();",
      killedBy: [HANDOVER, "a handover to oneself ends no term, locally or on request"],
    },
    {
      bug: "run() leaves its listener on the caller's signal",
      text: 'signal?.removeEventListener("abort", onAbort);',
      replacement: "",
      killedBy: [LEFTOVERS, "run() leaves no listener on its caller's signal, however it ends"],
    },
    {
      bug: "what work throws after a stop is lost",
      text: "if (term.isValid() || ended === undefined || isOver) throw error;",
      replacement: "if (term.isValid() || isOver) throw error;",
      killedBy: "lead() rejects with what its work threw after its caller's signal aborted",
    },
    {
      bug: "a new campaign is out of touch since the last one",
      text: "    this.#since = readClock(this.#setup.clock);\n    // Set before",
      replacement: "    // Set before",
      killedBy: [
        "tests/elector/health_test.ts",
        "check() gives each campaign a lease to reach the store, however long ago the last one was",
      ],
    },
  ]),
  ...mutantsOf("elector/handover.ts", "tests/elector/preference/request_test.ts", [
    {
      bug: "a request for a handover continues after its signal has aborted",
      text: "  const call = { signal };\n  const first",
      replacement: "  const call = {};\n  const first",
      killedBy: "requestHandover() ends when its signal aborts while it writes",
    },
    {
      bug: "a store that takes another's request for this one is believed",
      text: "if (isDone(written, identity)) return",
      replacement: "return",
      killedBy:
        "requestHandover() has not succeeded where another's request is in effect, whatever the answer",
    },
    {
      bug: "a leader that took over meanwhile is asked",
      text: "if (seen.record.holderIdentity !== identity) refuseOthers(lock, first, seen);",
      replacement: "",
      killedBy: "requestHandover() does not ask a leader that took over meanwhile",
    },
    {
      bug: "a handover's request polls without a pause",
      text: "options.pollPeriod ?? DEFAULT_TIMINGS.pollPeriod);",
      replacement: "1);",
      killedBy: [WRONG_OPTIONS, "requestHandover() refuses a poll period"],
    },
    {
      bug: "a request has a sender that no record can hold",
      text: "!isIdentity(requestedBy)",
      replacement: "!isIdentity(identity)",
      killedBy: [WRONG_OPTIONS, "requestHandover() refuses a name of its sender"],
    },
  ]),
  ...mutantsOf("elector/health.ts", "tests/elector/health_test.ts", [
    {
      bug: "a leader whose renewals fail is healthy as long as its reads succeed",
      text: "= state.lease\n",
      replacement: "= state.lease && !state.contactAt\n",
      killedBy: "findFault() judges a leader by its renewals, though the store answers its reads",
    },
  ]),
  ...mutantsOf("elector/options.ts", "tests/elector/timings_test.ts", [
    {
      bug: "an elector counts by another clock than its lock",
      text: "options.clock ?? lock.clock ?? systemClock",
      replacement: "options.clock ?? systemClock",
      killedBy: "LeaderElector takes the clock and the request timeout of its lock",
    },
    {
      bug: "an elector gives requests another time than its lock",
      text: '  refuseMismatch("requestTimeout", options.requestTimeout, lock.requestTimeout);\n',
      replacement: "",
      killedBy: "LeaderElector refuses a clock or a request timeout that is not its lock's",
    },
    {
      bug: "the lock's timings are not the defaults",
      text: "    ...lock.defaultTimings,\n",
      replacement: "",
      killedBy: "the lock's timings are the defaults, and options override each of them",
    },
    {
      bug: "an elector takes anything for its callbacks",
      text: "  checkFunctions(options, FUNCTIONS);\n",
      replacement: "  checkFunctions({}, FUNCTIONS);\n",
      killedBy: [WRONG_OPTIONS, "new LeaderElector() refuses what is not a function"],
    },
  ]),
  ...mutantsOf("elector/term.ts", "tests/elector/validity_test.ts", [
    {
      bug: "a term that was found expired comes back",
      text: "    this.#expired = true;\n    this.#options.onExpired(now);",
      replacement: "    this.#options.onExpired(now);",
      killedBy: "once false, Term.isValid() stays false within one and the same callback",
    },
    {
      bug: "the signal does not abort",
      text: "this.#ending.abort(new TermEndedError(this.token, reason));",
      replacement: "",
      killedBy: [
        CALLBACKS,
        "callbacks come in order: new leader, started, aborted, stopped, new leader",
      ],
    },
    {
      bug: "a check that finds the term expired reports nothing",
      text: "    this.#options.onExpired(now);\n",
      replacement: "",
      killedBy:
        "a renewal that outlasts its term's deadline begins no term, though its own is yet to come",
    },
  ]),
  ...mutantsOf("elector/watch.ts", "tests/elector/watch_test.ts", [
    {
      bug: "an onError of a watch that rejects ends the process",
      text: "      await onError(error);",
      replacement: "      onError(error);",
      killedBy: "watch() ends with what onError throws or rejects with",
    },
    {
      bug: "a request for a handover renews the lease that a watch sees",
      text: "last && isSameLease(last, found) ? last.at : clock.monotonic()",
      replacement: "clock.monotonic()",
      killedBy: "watch() yields a request for a handover, which keeps no dead leader alive",
    },
  ]),
];
