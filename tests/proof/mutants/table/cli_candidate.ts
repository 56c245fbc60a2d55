import { type Mutant, mutantsOf } from "../mutant.ts";

const HTTP = "tests/cli/candidate/http_test.ts";
const PAGE = "tests/cli/candidate/page_test.ts";
const LEADERSHIP = "tests/cli/output/leadership_test.ts";

/** Bugs in `cli/candidate/`. */
export const CLI_CANDIDATE: readonly Mutant[] = [
  ...mutantsOf("cli/candidate/change_hook.ts", "tests/cli/candidate/change_hook_test.ts", [
    {
      bug: "the command of --on-change runs for each change, however many came meanwhile",
      text: "    this.#running ??= this.#runAll();",
      replacement: "    this.#running = this.#runAll();",
      killedBy: "ChangeHook runs one command at a time, and then the one of the last change",
    },
    {
      bug: "a command of --on-change that hangs blocks all later ones",
      text: "Promise.race([exited, overdue.then(() => undefined)])",
      replacement: "exited",
      killedBy: "ChangeHook ends a command that hangs, and runs the next",
    },
  ]),
  ...mutantsOf("cli/candidate/http.ts", HTTP, [
    {
      bug: "a cache gives JSON to a browser",
      text: '      vary: "accept",\n',
      replacement: "",
      killedBy: "GET / is a page for a browser under its policy, and JSON for any other client",
    },
    {
      bug: "an outage of the store restarts the process",
      text: 'return text(200, "ok\\n");\n      case',
      replacement: "return health(sources.fault());\n      case",
      killedBy: "GET /livez is 200 in every state of the store and the election",
    },
  ]),
  ...mutantsOf("cli/candidate/metrics.ts", HTTP, [
    {
      bug: "the first refusal of the store is not counted",
      text: "withZeros(counters.requests, REQUESTS)",
      replacement: "[...counters.requests]",
      killedBy:
        "every counter has its label sets from the start, so that the first increase counts",
    },
  ]),
  ...mutantsOf("cli/candidate/observer.ts", "tests/cli/candidate/observer_test.ts", [
    {
      bug: "a request makes the lease younger that an observer shows",
      text: "return session === undefined || sequence === undefined ? version :",
      replacement: "return session !== undefined || sequence === undefined ? version :",
      killedBy: "an observer counts a lease from the holder's write",
    },
    {
      bug: "an observer does not see that the store is gone",
      text:
        "const observed = await lock.get(options);\n      const now = this.#contactAt = clock.monotonic();",
      replacement:
        "const now = this.#contactAt = clock.monotonic();\n      const observed = await lock.get(options);",
      killedBy: "an observer says when the store is out of reach",
    },
  ]),
  ...mutantsOf("cli/candidate/page/accept.ts", PAGE, [
    {
      bug: "what accepts anything gets the page",
      text: "if (name !== type) continue;",
      replacement: 'if (name !== type && name !== "*/*") continue;',
      killedBy: "Accept: */* asks for JSON",
    },
    {
      bug: "what likes JSON more gets the page",
      text: "return html > 0 && html >= qualityOf(",
      replacement: "return html > 0 || html >= qualityOf(",
      killedBy: "Accept: application/json, text/html;q=0.9 asks for JSON",
    },
  ]),
  ...mutantsOf("cli/candidate/page/headline.ts", PAGE, [
    {
      bug: "a lost store looks like a lock that is free",
      text: "  if (!storeReachable) {",
      replacement: "  if (!storeReachable && leader !== null) {",
      killedBy: 'the headline of one that lost the store is "Store lost"',
    },
  ]),
  ...mutantsOf("cli/candidate/page/html.ts", PAGE, [
    {
      bug: "a name from outside is HTML",
      text: ".replaceAll(/[&<>\"'`]/g,",
      replacement: ".replaceAll(/[&\"'`]/g,",
      killedBy:
        "the page shows <script>document.title='owned'</script> as text wherever it may come from",
    },
    {
      bug: "a name from outside ends an attribute",
      text: ".replaceAll(/[&<>\"'`]/g,",
      replacement: ".replaceAll(/[&<>]/g,",
      killedBy: "html`` escapes what it is given, and what it made itself not twice",
    },
    {
      bug: "a name from outside turns the text around",
      text: "escapeText(String(part), LONGEST)",
      replacement: "String(part)",
      killedBy: "the page shows \\u{d800} lone as text wherever it may come from",
    },
  ]),
  ...mutantsOf("cli/candidate/page/observations.ts", "tests/cli/candidate/observations_test.ts", [
    {
      bug: "each renewal is shown as a term",
      text: "if (current && current.token === token && current.holder === holder) {",
      replacement: "if (current && current.version === version) {",
      killedBy: "Observations distinguish terms from renewals, and show how each ended",
    },
    {
      bug: "a term that was never in effect is shown",
      text: "const terms = before ? this.#terms.slice(0, -1) : this.#terms;",
      replacement: "const terms = this.#terms;",
      killedBy: "Observations replace what turns out to be another write's record",
    },
  ]),
  ...mutantsOf("cli/candidate/page/page.ts", PAGE, [
    {
      bug: "the policy allows any style",
      text: "style-src 'sha256-${hash}'",
      replacement: "style-src 'unsafe-inline'",
      killedBy: "the style holds nothing from outside, and its hash is what the policy allows",
    },
    {
      bug: "the policy forgets the part of the style that changes",
      text: ".update(style)",
      replacement: ".update(PAGE_STYLE)",
      killedBy: "the style holds nothing from outside, and its hash is what the policy allows",
    },
  ]),
  ...mutantsOf("cli/candidate/readiness.ts", "tests/cli/candidate/readiness_test.ts", [
    {
      bug: "a redirect of the readiness URL is followed",
      text: 'redirect: "manual", ',
      replacement: "",
      killedBy:
        "Readiness is not ready before it has asked, and asks with GET, no credentials and no redirect",
    },
    {
      bug: "any response makes a workload ready",
      text: "return response.ok ?",
      replacement: "return response.status > 0 ?",
      killedBy: "Readiness is not ready on status 503",
    },
    {
      bug: "a workload stays ready by a response from before a pause of the process",
      text: "<= validFor;",
      replacement: "< Infinity;",
      killedBy: "Readiness takes no response from before a pause of the process for one of now",
    },
  ]),
  ...mutantsOf("cli/candidate/refusals.ts", "tests/cli/candidate/refusals_test.ts", [
    {
      bug: "a single refusal ends the run",
      text: "const MOST_REFUSED_LEASES = 2;",
      replacement: "const MOST_REFUSED_LEASES = 0.5;",
      killedBy: "untilRefused() waits for two lease durations of refusals, not for a single one",
    },
    {
      bug: "an access token that may not write is tried permanently",
      text: "const MOST_REFUSED_LEASES = 2;",
      replacement: "const MOST_REFUSED_LEASES = 200;",
      killedBy: "untilRefused() waits for two lease durations of refusals, not for a single one",
    },
  ]),
  ...mutantsOf("cli/candidate/status.ts", HTTP, [
    {
      bug: "an observer counts as a candidate in the metrics",
      text: "ready: isObserver ? null : ",
      replacement: "ready: ",
      killedBy:
        "rank, readiness and the preferred holder are in / and, but for an observer, in the metrics",
    },
    {
      bug: "any text in a record counts as the name of the preferred holder",
      text: "isIdentity(preferredHolder) && ",
      replacement: "",
      killedBy: [
        LEADERSHIP,
        "leadershipOf() takes only a name of another candidate for the preferred holder",
      ],
    },
    {
      bug: "the token of a restored record is not shown",
      text: "token: token > 0 ? token : null",
      replacement: "token: null",
      killedBy: [LEADERSHIP, "a manually restored record shows its token"],
    },
    {
      bug: "a candidate that stopped leading still shows as the leader",
      text: "observed?.own ? null : leader",
      replacement: "leader",
      killedBy: "statusOf() shows its own leadership by its term alone, never by its record",
    },
    {
      bug: "a leader shows after its lease has expired",
      text: "const isHeld = age < lease;",
      replacement: "const isHeld = age <= lease;",
      killedBy: "statusOf() a follower shows the leader while its lease runs",
    },
    {
      bug: "an empty name stands for no leader",
      text: "record?.holderIdentity || null",
      replacement: "record?.holderIdentity ?? null",
      killedBy: "statusOf() shows null, and never an empty name, if there is no leader",
    },
  ]),
  ...mutantsOf("cli/candidate/survey.ts", "tests/cli/candidate/survey_test.ts", [
    {
      bug: "a candidate that hangs is waited for",
      text: "await within(timeout, clock, (signal) => ask(url, fetch, signal))",
      replacement: "await ask(url, fetch, new AbortController().signal)",
      killedBy: "surveyCandidates() lists who is alive and able, in the given order",
    },
    {
      bug: "a candidate whose writes are refused counts as able",
      text: 'if (typeof json.refusedSeconds === "number") return',
      replacement: "if (false) return",
      killedBy: "surveyCandidates() says that refused writes is alive and not able",
    },
  ]),
];
