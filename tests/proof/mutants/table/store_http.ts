import { type Mutant, mutantsOf } from "../mutant.ts";

const ROTATION = "tests/gist/rotation_test.ts";
const NETWORK_FAILURE = "tests/store/http/network_failure_test.ts";
const PAUSES = "tests/store/http/pauses_test.ts";
const TRANSPORT = "tests/store/http/transport_test.ts";

/** Bugs in `store/http/`. */
export const STORE_HTTP: readonly Mutant[] = [
  ...mutantsOf("store/http/base_url.ts", "tests/gist/options_test.ts", [
    {
      bug: "an address that cannot be parsed is refused under the gist's name",
      text: "`${name} must be a URL, got text",
      replacement: "`baseUrl must be a URL, got text",
      killedBy: "checkBaseUrl() takes https, and http on this machine only",
    },
  ]),
  ...mutantsOf("store/http/network_failure.ts", NETWORK_FAILURE, [
    {
      bug: "a failure quotes the address, and with it the gist's id",
      text: "  return withoutAddresses(",
      replacement: "  return (",
      killedBy: "Transport keeps paths, ids, tokens and passwords of addresses out of its errors",
    },
  ]),
  ...mutantsOf("store/http/redact.ts", "tests/store/http/redact_test.ts", [
    {
      bug: "a text that quotes a header is shown",
      text: "QUOTED_HEADER.some((quoted) => quoted.test(text))",
      replacement: "QUOTED_HEADER.length === 0",
      killedBy: "redact() withholds",
    },
    {
      bug: "a text that quotes a header after its name is shown",
      text: "/^(?=.*?\\bheaders?\\b).*?authorization/is,",
      replacement: "/\\bheaders?\\b.*authorization/is,",
      killedBy: "redact() withholds",
    },
    {
      bug: "a text is cut before it is freed of secrets",
      text: '"[secret]"), text), longest);',
      replacement: '"[secret]"), text.slice(0, longest)), longest);',
      killedBy: "redact() escapes control characters and cuts after redacting",
    },
  ]),
  ...mutantsOf("store/http/response_body.ts", TRANSPORT, [
    {
      bug: "the length of a body is believed though it is packed",
      text: 'MAX_AT_ONCE[headers.get("content-encoding") ?? ""] ?? -1',
      replacement: "65_536",
      killedBy: "Transport refuses a body that grows beyond its limit as it is decoded",
    },
    {
      bug: "a response that was made in this process is believed to be as long as it says",
      text: 'return url !== "" && ',
      replacement: "return ",
      killedBy: "Transport reads a short body at once, but only where its length is certain",
    },
    {
      bug: "each body is read in chunks, which takes several times as long",
      text: "  if (isShort(response)) return new Uint8Array(await response.arrayBuffer());\n",
      replacement: "",
      killedBy: "Transport reads a short body at once, but only where its length is certain",
    },
  ]),
  ...mutantsOf("store/http/retry_after.ts", PAUSES, [
    {
      bug: "a limit is known by its usual words alone",
      text: "LIMIT_TEXTS.some((text) => text.test(refusal.message))",
      replacement: "/rate limit/i.test(refusal.message)",
      killedBy:
        "GistLock by rest: abuse detection to a read is a rate limit, and nothing was written",
    },
  ]),
  ...mutantsOf("store/http/transport.ts", TRANSPORT, [
    {
      bug: "a request that timed out is not ended",
      text: "      isOverdue = true;\n      abandoned.abort();\n",
      replacement: "      isOverdue = true;\n",
      killedBy: "Transport aborts a request at its timeout, even if fetch ignores the signal",
    },
    {
      bug: "a request that was answered is ended later, as if its connection were dead",
      text: '      caller?.removeEventListener("abort", onCallerAbort);\n',
      replacement: "",
      killedBy:
        "Transport aborts a request's signal when it is given up, and never after its response",
    },
    {
      bug: "a server that is unavailable and names a time is asked again before",
      text: "limitWait ?? unavailableWait(answer, clock.wall())",
      replacement: "limitWait",
      killedBy: [PAUSES, "GistLock by git: 503 with a time to a git-poll is waited out"],
    },
    {
      bug: "503 with a time to a write means that nothing was written",
      text:
        "if (limitWait !== undefined) throw new RateLimitError(message, retryAt, { retryAfter });",
      replacement: "throw new RateLimitError(message, retryAt, { retryAfter });",
      killedBy: [
        PAUSES,
        "GistLock by rest: 503 with a time to a write with effect leaves the outcome unknown",
      ],
    },
    {
      bug: "the time that comes with an unknown outcome is lost",
      text: "read in ${seconds} s`,\n      { retryAt, retryAfter },\n",
      replacement: "read in ${seconds} s`,\n",
      killedBy: [
        PAUSES,
        "GistLock by git: 503 with a time to a write without effect leaves the outcome unknown",
      ],
    },
    {
      bug: "a write that never left counts as one of unknown outcome",
      text: "if (status < 500 || isWrite(request)) {",
      replacement: "if (status < 500) {",
      killedBy: "Transport reports that a write during a pause had no effect",
    },
    {
      bug: "a failure keeps its reason to itself",
      text: "this.redact(describeNetworkFailure(error, host))",
      replacement: "this.redact(error instanceof Error ? error.message : String(error))",
      killedBy: [NETWORK_FAILURE, "Transport reports which host it cannot reach and why"],
    },
    {
      bug: "a request that was refused for its token is not sent again",
      text: "answer.status === 401 ? await",
      replacement: "answer.status === 999 ? await",
      killedBy: [
        ROTATION,
        "GistLock sends a refused write again with a fresh token, and it lands once, by git",
      ],
    },
    {
      bug: "a request is sent that was given up while its token was asked for",
      text: "    signal.throwIfAborted();\n",
      replacement: "",
      killedBy: [
        ROTATION,
        "GistLock sends nothing that was given up while its token was asked for, by rest",
      ],
    },
  ]),
];
