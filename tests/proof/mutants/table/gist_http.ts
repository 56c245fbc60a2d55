import type { Mutant } from "../mutant.ts";

const FILE = "store/http/transport.ts";
const PAUSES = "tests/store/http/pauses_test.ts";

/** Bugs in `store/http/transport.ts`, and in what it reads limits and failures with. */
export const GIST_HTTP: readonly Mutant[] = [
  {
    bug: "a request that timed out is not ended",
    file: FILE,
    text: "      isOverdue = true;\n      abandoned.abort();\n",
    replacement: "      isOverdue = true;\n",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport aborts a request at its timeout, even if fetch ignores the signal",
    },
  },
  {
    bug: "a request that was answered is ended later, as if its connection were dead",
    file: FILE,
    text: '      caller?.removeEventListener("abort", onCallerAbort);\n',
    replacement: "",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport aborts a request's signal when it is given up, and never after its response",
    },
  },
  {
    bug: "a server that is unavailable and names a time is asked again before",
    file: FILE,
    text: "limitWait ?? unavailableWait(answer, clock.wall())",
    replacement: "limitWait",
    killedBy: {
      file: PAUSES,
      test: "GistLock by git: 503 with a time to a git-poll is waited out",
    },
  },
  {
    bug: "503 with a time to a write means that nothing was written",
    file: FILE,
    text:
      "if (limitWait !== undefined) throw new RateLimitError(message, retryAt, { retryAfter });",
    replacement: "throw new RateLimitError(message, retryAt, { retryAfter });",
    killedBy: {
      file: PAUSES,
      test: "GistLock by rest: 503 with a time to a write with effect leaves the outcome unknown",
    },
  },
  {
    bug: "the time that comes with an unknown outcome is lost",
    file: FILE,
    text: "read in ${seconds} s`,\n      { retryAt, retryAfter },\n",
    replacement: "read in ${seconds} s`,\n",
    killedBy: {
      file: PAUSES,
      test: "GistLock by git: 503 with a time to a write without effect leaves the outcome unknown",
    },
  },
  {
    bug: "a write that never left counts as one of unknown outcome",
    file: FILE,
    text: "if (status < 500 || isWrite(request)) {",
    replacement: "if (status < 500) {",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport reports that a write during a pause had no effect",
    },
  },
  {
    bug: "a limit is known by its usual words alone",
    file: "store/http/retry_after.ts",
    text: "LIMIT_TEXTS.some((text) => text.test(refusal.message))",
    replacement: "/rate limit/i.test(refusal.message)",
    killedBy: {
      file: PAUSES,
      test: "GistLock by rest: abuse detection to a read is a rate limit, and nothing was written",
    },
  },
  {
    bug: "a failure keeps its reason to itself",
    file: FILE,
    text: "this.redact(describeNetworkFailure(error, host))",
    replacement: "this.redact(error instanceof Error ? error.message : String(error))",
    killedBy: {
      file: "tests/store/http/network_failure_test.ts",
      test: "Transport reports which host it cannot reach and why",
    },
  },
  {
    bug: "a failure quotes the address, and with it the gist's id",
    file: "store/http/network_failure.ts",
    text: "  return withoutAddresses(",
    replacement: "  return (",
    killedBy: {
      file: "tests/store/http/network_failure_test.ts",
      test: "Transport keeps paths, ids, tokens and passwords of addresses out of its errors",
    },
  },
  {
    bug: "a text that quotes a header is shown",
    file: "store/http/redact.ts",
    text: "QUOTED_HEADER.some((quoted) => quoted.test(text))",
    replacement: "QUOTED_HEADER.length === 0",
    killedBy: { file: "tests/store/http/redact_test.ts", test: "redact() withholds" },
  },
  {
    bug: "a text is cut before it is freed of secrets",
    file: "store/http/redact.ts",
    text: '"[secret]"), text), longest);',
    replacement: '"[secret]"), text.slice(0, longest)), longest);',
    killedBy: {
      file: "tests/store/http/redact_test.ts",
      test: "redact() escapes control characters and cuts after redacting",
    },
  },
];
