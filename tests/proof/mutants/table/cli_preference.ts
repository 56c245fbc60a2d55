import type { Mutant } from "../mutant.ts";

const READINESS = "tests/cli/candidate/readiness_test.ts";
const HANDOVER = "tests/cli/actions/planned_handover_test.ts";

/** Bugs in how the program asks its workload, hands over, and shows both. */
export const CLI_PREFERENCE: readonly Mutant[] = [
  {
    bug: "a redirect of the readiness URL is followed",
    file: "cli/candidate/readiness.ts",
    text: 'redirect: "manual", ',
    replacement: "",
    killedBy: {
      file: READINESS,
      test:
        "Readiness is not ready before it has asked, and asks with GET, no credentials and no redirect",
    },
  },
  {
    bug: "any response makes a workload ready",
    file: "cli/candidate/readiness.ts",
    text: "return response.ok ?",
    replacement: "return response.status > 0 ?",
    killedBy: { file: READINESS, test: "Readiness is not ready on status 503" },
  },
  {
    bug: "a probe waits for a fetch that obeys no signal",
    file: "cli/within.ts",
    text: "Promise.race([step(signal), givenUp])",
    replacement: "step(signal)",
    killedBy: {
      file: READINESS,
      test: "Readiness gives a probe up after its own time-out, though the fetch obeys no signal",
    },
  },
  {
    bug: "a workload stays ready by a response from before a pause of the process",
    file: "cli/candidate/readiness.ts",
    text: "<= validFor;",
    replacement: "< Infinity;",
    killedBy: {
      file: READINESS,
      test: "Readiness takes no response from before a pause of the process for one of now",
    },
  },
  {
    bug: "a handover counts as done when another candidate leads",
    file: "cli/actions/planned_handover.ts",
    text: 'holder === to ? "handed over" : "other leads"',
    replacement: '"handed over"',
    killedBy: { file: HANDOVER, test: "handOver() ends as soon as another candidate leads" },
  },
  {
    bug: "a handover counts as done while the leader that was asked still leads under the key",
    file: "cli/actions/planned_handover.ts",
    text: "record.leaderTransitions > token && ",
    replacement: "",
    killedBy: {
      file: HANDOVER,
      test: "handOver() waits until the candidate leads, and sees how long nobody did",
    },
  },
  {
    bug: "a request for a handover renews the lease that a watch sees",
    file: "elector/watch.ts",
    text: "last && isSameLease(last, found) ? last.at : clock.monotonic()",
    replacement: "clock.monotonic()",
    killedBy: {
      file: "tests/elector/watch_test.ts",
      test: "watch() yields a request for a handover, which keeps no dead leader alive",
    },
  },
  {
    bug: "a request for a handover makes a lease younger in the status",
    file: "elector/campaign/memory.ts",
    text: "this.sighting = { observed, at: inEffect.at };",
    replacement: "this.sighting = { observed, at: inEffect.versionAt };",
    killedBy: {
      file: "tests/elector/observed_test.ts",
      test:
        "status() counts the lease's age from the holder's write, not from a request on top of it",
    },
  },
  {
    bug: "an observer counts as a candidate in the metrics",
    file: "cli/candidate/status.ts",
    text: "ready: isObserver ? null : ",
    replacement: "ready: ",
    killedBy: {
      file: "tests/cli/candidate/http_test.ts",
      test:
        "rank, readiness and the preferred holder are in / and, but for an observer, in the metrics",
    },
  },
  {
    bug: "any text in a record counts as the name of the preferred holder",
    file: "cli/candidate/status.ts",
    text: "isIdentity(preferredHolder) && ",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "leadershipOf() takes only a name of another candidate for the preferred holder",
    },
  },
  {
    bug: "--no-failback does not override ELECTOR_FAILBACK",
    file: "cli/options/preference.ts",
    text: "isNever ? undefined : failback",
    replacement: "failback",
    killedBy: {
      file: "tests/cli/options/options_test.ts",
      test: "readPreference() takes rank, failback and readiness from options and variables",
    },
  },
];
