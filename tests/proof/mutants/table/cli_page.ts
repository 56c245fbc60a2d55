import type { Killer, Mutant } from "../mutant.ts";

const PAGE = "tests/cli/candidate/page_test.ts";
const HTTP = "tests/cli/candidate/http_test.ts";
const OBSERVER = "tests/cli/candidate/observer_test.ts";
const OBSERVATIONS = "tests/cli/candidate/observations_test.ts";

function by(file: string, test: string): Killer {
  return { file, test };
}

/** Bugs in the page for browsers, `cli/candidate/page/`, and in `cli/candidate/http.ts` and `cli/candidate/metrics.ts`. */
export const CLI_PAGE: readonly Mutant[] = [
  {
    bug: "a name from outside is HTML",
    file: "cli/candidate/page/html.ts",
    text: `.replaceAll(/[&<>"'\`]/g,`,
    replacement: `.replaceAll(/[&"'\`]/g,`,
    killedBy: by(
      PAGE,
      "the page shows <script>document.title='owned'</script> as text wherever it may come from",
    ),
  },
  {
    bug: "a name from outside ends an attribute",
    file: "cli/candidate/page/html.ts",
    text: `.replaceAll(/[&<>"'\`]/g,`,
    replacement: ".replaceAll(/[&<>]/g,",
    killedBy: by(PAGE, "html`` escapes what it is given, and what it made itself not twice"),
  },
  {
    bug: "a name from outside turns the text around",
    file: "cli/candidate/page/html.ts",
    text: "escapeText(String(part), LONGEST)",
    replacement: "String(part)",
    killedBy: by(PAGE, "the page shows \\u{d800} lone as text wherever it may come from"),
  },
  {
    bug: "the policy allows any style",
    file: "cli/candidate/page/page.ts",
    text: "style-src 'sha256-${hash}'",
    replacement: "style-src 'unsafe-inline'",
    killedBy: by(
      PAGE,
      "the style holds nothing from outside, and its hash is what the policy allows",
    ),
  },
  {
    bug: "the policy forgets the part of the style that changes",
    file: "cli/candidate/page/page.ts",
    text: ".update(style)",
    replacement: ".update(PAGE_STYLE)",
    killedBy: by(
      PAGE,
      "the style holds nothing from outside, and its hash is what the policy allows",
    ),
  },
  {
    bug: "what accepts anything gets the page",
    file: "cli/candidate/page/accept.ts",
    text: "if (name !== type) continue;",
    replacement: 'if (name !== type && name !== "*/*") continue;',
    killedBy: by(PAGE, "Accept: */* asks for JSON"),
  },
  {
    bug: "what likes JSON more gets the page",
    file: "cli/candidate/page/accept.ts",
    text: "return html > 0 && html >= qualityOf(",
    replacement: "return html > 0 || html >= qualityOf(",
    killedBy: by(PAGE, "Accept: application/json, text/html;q=0.9 asks for JSON"),
  },
  {
    bug: "a lost store looks like a lock that is free",
    file: "cli/candidate/page/headline.ts",
    text: "  if (!storeReachable) {",
    replacement: "  if (!storeReachable && leader !== null) {",
    killedBy: by(PAGE, 'the headline of one that lost the store is "Store lost"'),
  },
  {
    bug: "a cache gives JSON to a browser",
    file: "cli/candidate/http.ts",
    text: '      vary: "accept",\n',
    replacement: "",
    killedBy: by(
      HTTP,
      "GET / is a page for a browser under its policy, and JSON for any other client",
    ),
  },
  {
    bug: "an outage of the store restarts the process",
    file: "cli/candidate/http.ts",
    text: 'return text(200, "ok\\n");\n      case',
    replacement: "return health(sources.fault());\n      case",
    killedBy: by(HTTP, "GET /livez is 200 in every state of the store and the election"),
  },
  {
    bug: "the first refusal of the store is not counted",
    file: "cli/candidate/metrics.ts",
    text: "withZeros(counters.requests, REQUESTS)",
    replacement: "[...counters.requests]",
    killedBy: by(
      HTTP,
      "every counter has its label sets from the start, so that the first increase counts",
    ),
  },
  {
    bug: "each renewal is shown as a term",
    file: "cli/candidate/page/observations.ts",
    text: "if (current && current.token === token && current.holder === holder) {",
    replacement: "if (current && current.version === version) {",
    killedBy: by(OBSERVATIONS, "Observations tell terms from renewals, and how each ended"),
  },
  {
    bug: "a term that was never in effect is shown",
    file: "cli/candidate/page/observations.ts",
    text: "const terms = before ? this.#terms.slice(0, -1) : this.#terms;",
    replacement: "const terms = this.#terms;",
    killedBy: by(OBSERVATIONS, "Observations replace what turns out to be another write's record"),
  },
];

const NOTIFY = "tests/cli/run/notify_test.ts";
const KEEPER = "tests/cli/run/keeper_test.ts";

/** Bugs in what systemd is told, `cli/run/notify.ts`. */
export const CLI_NOTIFY: readonly Mutant[] = [
  {
    bug: "the watchdog beats whatever happens",
    file: "cli/run/notify.ts",
    text: "if (isSound(2 * period)) this.beat();",
    replacement: "this.beat();",
    killedBy: by(
      NOTIFY,
      "Notifier does not beat while something is not sound, and beats again when it is",
    ),
  },
  {
    bug: "another process's watchdog is taken for one's own",
    file: "cli/run/notify.ts",
    text: "if (process !== undefined && process !== String(pid)) return undefined;",
    replacement: "",
    killedBy: by(NOTIFY, "watchdogOf() is the time of systemd, for this process only"),
  },
  {
    bug: "reports heap up behind one that hangs",
    file: "cli/run/notify.ts",
    text: "if (this.#isSending || assignments.length === 0) return;",
    replacement: "if (assignments.length === 0) return;",
    killedBy: by(
      NOTIFY,
      "Notifier sends one report at a time, and one in between when it is asked to",
    ),
  },
  {
    bug: "the watchdog beats for a campaigner that hangs",
    file: "cli/run/keeper.ts",
    text: "const isSound = this.#questions.hasHeard(within) && (!this.#kept",
    replacement: "const isSound = (!this.#kept",
    killedBy: by(
      KEEPER,
      "Keeper is sound while the campaigner answers, and no command runs past its term",
    ),
  },
  {
    bug: "the watchdog beats while a command outlives its term",
    file: "cli/run/keeper/questions.ts",
    text: "return !this.#isRevoked && this.remaining() > 0;",
    replacement: "return !this.#isRevoked;",
    killedBy: by(
      KEEPER,
      "Keeper is not sound once a term has expired with its command still there, however lately it heard",
    ),
  },
  {
    bug: "an old answer counts as a sign of life",
    file: "cli/run/keeper/questions.ts",
    text: "this.#heard = { at, pause",
    replacement: "this.#heard = { at: readClock(this.#clock), pause",
    killedBy: by(
      KEEPER,
      "Keeper counts a campaigner's sign of life from its own question, not from the answer",
    ),
  },
  {
    bug: "the command can report to systemd in elector's place",
    file: "cli/run/child.ts",
    text: "...TOKEN_VARIABLES, ...SUPERVISOR_VARIABLES",
    replacement: "...TOKEN_VARIABLES",
    killedBy: by(
      "tests/cli/output/leadership_test.ts",
      "commandEnv() contains the term, and hides the access tokens and systemd's variables",
    ),
  },
  {
    bug: "a request makes the lease younger that an observer shows",
    file: "cli/candidate/observer.ts",
    text: "return session === undefined || sequence === undefined ? version :",
    replacement: "return session !== undefined || sequence === undefined ? version :",
    killedBy: by(OBSERVER, "an observer counts a lease from the holder's write"),
  },
  {
    bug: "an observer does not see that the store is gone",
    file: "cli/candidate/observer.ts",
    text:
      "const observed = await lock.get(options);\n      const now = this.#contactAt = clock.monotonic();",
    replacement:
      "const now = this.#contactAt = clock.monotonic();\n      const observed = await lock.get(options);",
    killedBy: by(OBSERVER, "an observer says when the store is out of reach"),
  },
];
