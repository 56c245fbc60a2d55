import type { Mutant } from "../mutant.ts";

const LEFTOVERS = "tests/elector/leftovers_test.ts";
const ODD = "tests/elector/odd_errors_test.ts";
const ENDS = "tests/elector/lead_ends_test.ts";
const LEASE = "tests/elector/machine/lease_test.ts";
const SCHEDULE = "tests/elector/machine/schedule_test.ts";
const ANSWERS = "tests/elector/machine/answers_test.ts";

/** Bugs that survived once, when every line was changed by `deno task mutate`. */
export const MUTATED: readonly Mutant[] = [
  {
    bug: "an old timer is left when a new one is set",
    file: "elector/campaign/alarm.ts",
    text: "    this.#pending.abort();\n    this.#lead",
    replacement: "    this.#lead",
    killedBy: {
      file: LEFTOVERS,
      test: "a campaign never has more than one timer, a leader one more, and none when it is over",
    },
  },
  {
    bug: "a check of access outlives its campaign",
    file: "elector/campaign/campaign.ts",
    text: "        this.#access.end();\n        this.#finished",
    replacement: "        this.#finished",
    killedBy: {
      file: LEFTOVERS,
      test: "a check of access that is under way is given up when its campaign ends",
    },
  },
  {
    bug: "an answer to a campaign that failed is reported",
    file: "elector/campaign/campaign.ts",
    text: "finished: true, call: undefined, lease: undefined }",
    replacement: "finished: true, lease: undefined }",
    killedBy: {
      file: LEFTOVERS,
      test: "a call that fails after its campaign has failed is reported to nobody",
    },
  },
  {
    bug: "a call that takes too long is not aborted",
    file: "elector/campaign/calls.ts",
    text: 'this.#inFlight.abort(new DOMException("The call was given up", "AbortError"));',
    replacement: "",
    killedBy: {
      file: LEFTOVERS,
      test: "a call of get() that took too long is aborted, with a reason",
    },
  },
  {
    bug: "work that outlives a whole campaign is forgotten",
    file: "elector/campaign/term_work.ts",
    text: "    this.#work = work;\n",
    replacement: "",
    killedBy: {
      file: LEFTOVERS,
      test: "work that outlives two campaigns keeps the third from leading",
    },
  },
  {
    bug: "a problem that lasts is hidden by the next read that succeeds",
    file: "elector/campaign/campaign.ts",
    text: "return reported ? this.#errorOf(reported) : this.#options.memory.failures.last;",
    replacement: "return this.#options.memory.failures.last ?? (reported && undefined);",
    killedBy: {
      file: LEFTOVERS,
      test: "a record that has disappeared is what status() says is wrong, though reads succeed",
    },
  },
  {
    bug: "run() leaves its listener on the caller's signal",
    file: "elector/elector.ts",
    text: 'signal?.removeEventListener("abort", onAbort);',
    replacement: "",
    killedBy: {
      file: LEFTOVERS,
      test: "run() leaves no listener on its caller's signal, however it ends",
    },
  },
  {
    bug: "the time that an unavailable store names is not waited for",
    file: "elector/campaign/outcome.ts",
    text: "error instanceof RateLimitError || error instanceof LockUnavailableError ||",
    replacement: "error instanceof RateLimitError ||",
    killedBy: { file: ODD, test: "a follower waits as long as a LockUnavailableError asks for" },
  },
  {
    bug: "an error that is its own cause is followed in a loop",
    file: "elector/campaign/work_error.ts",
    text: "    seen.add(next);\n",
    replacement: "",
    killedBy: {
      file: ODD,
      test: "an error that is its own cause is no obedience, and is looked at once",
    },
  },
  {
    bug: "access that stays refused is reported at every check",
    file: "elector/campaign/access.ts",
    text: '      await lock.checkAccess({ signal });\n      memory.failures.succeed("access");\n',
    replacement:
      '      memory.failures.succeed("access");\n      await lock.checkAccess({ signal });\n',
    killedBy: { file: ODD, test: "access that is refused every day is reported once" },
  },
  {
    bug: "what work throws after a stop is lost",
    file: "elector/elector.ts",
    text: "if (term.isValid() || ended === undefined) throw error;",
    replacement: "if (term.isValid()) throw error;",
    killedBy: {
      file: ENDS,
      test: "lead() rejects with what its work threw after its caller's signal aborted",
    },
  },
  {
    bug: "a new campaign is out of touch since the last one",
    file: "elector/elector.ts",
    text: "    this.#since = readClock(this.#setup.clock);\n    this.#running = campaign.run();",
    replacement: "    this.#running = campaign.run();",
    killedBy: {
      file: ENDS,
      test:
        "check() gives each campaign a lease to reach the store, however long ago the last one was",
    },
  },
  {
    bug: "the wait for a lease is counted the wrong way",
    file: "elector/machine/lease.ts",
    text: "now.monotonic - observed.at >= observed.duration",
    replacement: "now.monotonic + observed.at >= observed.duration",
    killedBy: {
      file: LEASE,
      test: "isClaimable() is false until the whole lease has passed, unless it was released",
    },
  },
  {
    bug: "a call that failed is repeated without a pause",
    file: "elector/machine/lease.ts",
    text: "return failures <= 1 ? 0 :",
    replacement: "return failures >= 1 ? 0 :",
    killedBy: {
      file: LEASE,
      test: "retryDelay() is none for the first, then D / 20, and never more than R",
    },
  },
  {
    bug: "a campaign that stops sleeps over an unclear write",
    file: "elector/machine/schedule.ts",
    text: "!state.lease && !state.unclear && !state.call",
    replacement: "!state.lease && !state.call",
    killedBy: {
      file: SCHEDULE,
      test: "wakeAt() goes on for a campaign that stops with a lease, an unclear write or a call",
    },
  },
  {
    bug: "an unclear claim is pressed on beyond D",
    file: "elector/machine/answers.ts",
    text: "return unclear !== undefined && remainingLease(unclear.sentAt, now, config) > 0;",
    replacement: "return unclear !== undefined;",
    killedBy: {
      file: ANSWERS,
      test: "an unclear claim is pressed on no longer than D after it left",
    },
  },
  {
    bug: "a term that has ended is ended again when its campaign fails",
    file: "elector/campaign/term_work.ts",
    text: "if (!term || term.signal.aborted) return;",
    replacement: "if (!term) return;",
    killedBy: {
      file: LEFTOVERS,
      test: "a campaign that fails after its term has ended does not end it again",
    },
  },
  {
    bug: "a lock without a record is first found so with each read, and never claimed",
    file: "elector/machine/answers.ts",
    text: "set(turn, { absent: state.absent ?? { at: now.monotonic, spread } });",
    replacement: "set(turn, { absent: { at: now.monotonic, spread } });",
    killedBy: {
      file: ANSWERS,
      test: "a lock without a record is claimed the spread after it was first found so",
    },
  },
  {
    bug: "a holder whose read fails waits for the next poll",
    file: "elector/machine/answers.ts",
    text: "} else if (state.lease || isUrgent(turn)) {",
    replacement: "} else if (isUrgent(turn)) {",
    killedBy: {
      file: ANSWERS,
      test: "a holder whose read fails reads again at the pace of retries, not of polls",
    },
  },
  {
    bug: "a first write that lost its race has seen a record",
    file: "elector/machine/answers.ts",
    text: 'if (outcome.type !== "conflict" || !observed) return;',
    replacement: 'if (outcome.type !== "conflict") return;',
    killedBy: {
      file: ANSWERS,
      test: "a first write that lost its race has seen nothing of the winner yet",
    },
  },
  {
    bug: "every write that fails counts as refused",
    file: "elector/machine/answers.ts",
    text: 'if (outcome.type === "refused") onRefused(turn);\n  if (call.purpose',
    replacement: "onRefused(turn);\n  if (call.purpose",
    killedBy: {
      file: ANSWERS,
      test: "only a refusal counts as one, and a write that succeeds ends the count",
    },
  },
  {
    bug: "its own release ends what a candidate holds back for",
    file: "elector/machine/leadership.ts",
    text: 'if (holder !== "" || (holdBack && token > holdBack.token)) set',
    replacement: 'if (holder !== "" || holdBack) set',
    killedBy: {
      file: "tests/elector/machine/leadership_test.ts",
      test: "who stepped down holds back until another leads",
    },
  },
  {
    bug: "a claim that takes effect after a stop is released only when its renewal is due",
    file: "elector/machine/leadership.ts",
    text: "if (!turn.state.lease?.open && !turn.state.working) beginRelease(turn);",
    replacement: "if (turn.state.lease?.open && !turn.state.working) beginRelease(turn);",
    killedBy: {
      file: "tests/elector/machine/leadership_test.ts",
      test: "a claim that takes effect after a stop is released at once",
    },
  },
  {
    bug: "a leader whose renewals fail is healthy as long as its reads succeed",
    file: "elector/health.ts",
    text: "if (state.lease) {",
    replacement: "if (state.lease && !state.contactAt) {",
    killedBy: {
      file: "tests/elector/health_test.ts",
      test: "findFault() judges a leader by its renewals, though the store answers its reads",
    },
  },
  {
    bug: "the ETag of an earlier answer is kept for one that has none",
    file: "gist/rest/store.ts",
    text: "this.#latest = etag === undefined ? undefined :",
    replacement: "this.#latest = etag === undefined ? this.#latest :",
    killedBy: {
      file: "tests/gist/rest/etag_test.ts",
      test: "RestStore asks with the ETag of the last answer, and with none where that had none",
    },
  },
  {
    bug: "a token that is refused for a revision passes for a revision that is not there yet",
    file: "gist/rest/read_revision.ts",
    text: "if (!(error instanceof LockAccessError) || error.status !== 404) throw error;",
    replacement: "if (!(error instanceof LockAccessError)) throw error;",
    killedBy: {
      file: "tests/gist/rest/etag_test.ts",
      test: "readRevision() takes 404 for a revision that is not there yet, and nothing else",
    },
  },
  {
    bug: "git asks the REST API's own address for the repository",
    file: "gist/gist_lock.ts",
    text: "{ ...options, baseUrl: address }",
    replacement: "{ ...options, ...(given === baseUrl && { baseUrl: gitBaseUrl() }) }",
    killedBy: {
      file: "tests/gist/base_url_test.ts",
      test: "GistLock by git asks the repositories that belong to the base URL",
    },
  },
];
