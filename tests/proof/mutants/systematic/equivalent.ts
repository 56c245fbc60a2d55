/** Mutations of right types that change nothing that a test could see, or nothing that is promised. */
export interface Equivalent {
  readonly file: string;
  /** The line above the one that is changed, if that one alone says too little. */
  readonly below?: string | RegExp;
  /** The line that is changed, without the white space around it; a regular expression fits several. */
  readonly line: string | RegExp;
  /** What becomes of it, as the report shows it; every mutation of the line where it is left out. */
  readonly after?: string | RegExp;
  /** Why no test can tell. */
  readonly reason: string;
}

const READER = "gist/git/revisions.ts";
const CAMPAIGN = "elector/campaign/campaign.ts";
const ANSWERS = "elector/machine/answers.ts";
const LEADERSHIP = "elector/machine/leadership.ts";

/** Each with its reason. One that fits no mutation any more is an error: the source has moved on. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    file: "elector/campaign/alarm.ts",
    line: "const LOOK_PERIOD_MS = 1_000;",
    after: /= (?:500|2000);/,
    reason: "any pace of about a second does: how often the clocks are looked at is not promised",
  },
  {
    file: CAMPAIGN,
    line: /^this.#state = \{ ...this.#state, finished: true/,
    after: /call: undefined, \};/,
    reason: "whatever asks for the lease asks first whether the campaign is over",
  },
  {
    file: CAMPAIGN,
    line: "this.#queue.length = 0;",
    reason: "no event has an effect on a campaign that is over",
  },
  {
    file: CAMPAIGN,
    below: 'case "finish":',
    line: "this.#alarm.clear();",
    reason: "a step that ends the campaign has no next tick, and setting that ends the last timer",
  },
  {
    file: "elector/campaign/calls.ts",
    line: /^if \(version === undefined \|\| call.purpose === "create"\)/,
    after: /undefined && call|false \|\| call|undefined \|\| false/,
    reason: "who creates has seen no version, and who has seen none creates: for the type checker",
  },
  {
    file: CAMPAIGN,
    line: /^const isIdle = !finished && !stopping/,
    after: /!finished && true|= true && !stopping|!lease && true/,
    reason: "a check that begins while old work drains, or beside an unclear claim, does no harm",
  },
  {
    file: ANSWERS,
    line: /^const duration = Math.max\(config.leaseDuration/,
    after: /\?\? 1\)/,
    reason: "L is at least a second",
  },
  {
    file: ANSWERS,
    line: /^const holds = !stale && mine/,
    after: /= true && mine/,
    reason: "once the record of an unclear write was seen, the write is unclear no more",
  },
  {
    file: ANSWERS,
    line: /^\} else if \(seen.isProven && !observed.isProven/,
    after: /seen.isProven && true/,
    reason: "to prove the same record again changes nothing",
  },
  {
    file: ANSWERS,
    line: /^observe\(turn, \{ ...seenIn\(outcome.observed\), token/,
    after: /observed\), \}/,
    reason: "a write is answered with the record that was written",
  },
  {
    file: ANSWERS,
    line: /^if \(state.mustRead\) set\(turn/,
    after: /mustRead: false, \}/,
    reason: "the read was sent when a call was due, and one still is",
  },
  {
    file: "gist/rest/store.ts",
    line: "const same = end < 0 ? passed : passed.slice(0, end + 1);",
    after: /end - 1/,
    reason: "a search that is made again costs no request, as texts and their order are known",
  },
  {
    file: "elector/machine/lease.ts",
    line: "return (observed ?? absent)?.spread ?? 0;",
    after: /\?\? 1;/,
    reason: "before the first read the lock is free at no time, whatever is added to it",
  },
  {
    file: "gist/rest/revisions.ts",
    line: "last = page.size * page.number - 1;",
    after: /- 2;/,
    reason: "the next page begins one revision earlier, which was read already",
  },
  {
    file: LEADERSHIP,
    line: "absent: undefined,",
    reason: "what was observed comes before what was absent, wherever either is asked for",
  },
  {
    file: LEADERSHIP,
    line: /^set\(turn, \{ lease: undefined, unclear: undefined, mustRead/,
    after: /undefined, failures: 0/,
    reason: "only a holder asks whether it must read first, and to become one says no",
  },
  {
    file: "elector/campaign/access.ts",
    line: "if (!signal.aborted) this.#onUntrusted(error);",
    after: /if \(true\)/,
    reason: "a stop is heard of before what it makes the preparation throw",
  },
  {
    file: "elector/elector.ts",
    line: "let token = -1;",
    reason: "a term that has ended had begun, and set it",
  },
  {
    file: "elector/elector.ts",
    line: 'if (isLeader) this.#campaign?.dispatch({ type: "stepDown" });',
    after: /if \(true\)/,
    reason: "without an open lease there is no term to end",
  },
  {
    file: "elector/elector.ts",
    line: /^if \(term.isValid\(\) \|\| ended === undefined \|\| isOver\)/,
    after: /if \(false \|\|/,
    reason: "a term that is valid has not ended",
  },
  {
    file: "gist/git/store.ts",
    line: /^const current = known && this.#reader.ref/,
    after: /known && true/,
    reason: "no revision is known before the branch is: both are learnt by the same read",
  },
  {
    file: "gist/git/objects/objects.ts",
    line: /^if \(space < 0 \|\| nul < space/,
    after: /space <= 0|space < 1|nul <= space/,
    reason:
      "a mode of no digits is refused a few lines below; a space and a NUL are never at one place",
  },
  {
    file: "gist/git/objects/pack_entries.ts",
    line: "if (distance > offset) break;",
    after: /if \(false\)|distance >= offset|; ;$|offset\) ;/,
    reason: "it only saves reading on: the same question is asked again below",
  },
  {
    file: "gist/git/objects/pack_entries.ts",
    line: /^const options = \{ info: true, maxOutputLength/,
    after: /size \+ 2/,
    reason: "an object that is longer than it claims is refused, by whatever sentence",
  },
  {
    file: "gist/git/wire/receive_pack.ts",
    line: /^return \{ ok, reason: ok/,
    after: /reason: false/,
    reason: 'what is cut off "ok REF" is all of it: nothing is left',
  },
  {
    file: "gist/git/objects/bytes.ts",
    line: /^return at < 0 \? \[text, ""\]/,
    after: /at <= 0|at < 1/,
    reason:
      "what begins with the separator has no id, no tree or no key, and is refused or ignored",
  },
  {
    file: READER,
    line: /^throw refused\?\.error/,
    after: /^throw refused\?\.error;$/,
    reason: "after the last attempt there is an error: the default is for the type checker",
  },
  {
    file: READER,
    line: /^const fetched = await/,
    after: /^const \{ head \} = tip;/,
    reason: "a name is taken from an object that does not change, before or after",
  },
  {
    file: "gist/git/wire/side_band.ts",
    line: /^const band = typeof line/,
    after: /= false/,
    reason: "the first letter of a marker's name is no band either",
  },
  {
    file: "gist/git/commit.ts",
    line: /^const signature = formatSignature/,
    after: /Math.max\(1, time\)/,
    reason: "git counts whole seconds",
  },
];
