/** Mutations that change nothing that a test could see, or nothing that is promised. */
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

const BYTES = "gist/git/objects/bytes.ts";
const OBJECTS = "gist/git/objects/objects.ts";
const REFS = "gist/git/wire/refs.ts";
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
    line: /^keepsLostWrites: options.lock.keepsLostWrites/,
    after: /keepsLostWrites,$/,
    reason: "undefined is as good as false",
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
    below: "this.#work.start(effect);",
    line: "break;",
    reason: "a term that has just begun is extended to when it began",
  },
  {
    file: CAMPAIGN,
    below: "this.#finished.resolve(effect.how);",
    line: "break;",
    reason: "it is the last case",
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
    file: "elector/campaign/access.ts",
    line: /^if \(!lock.checkAccess \|\| now/,
    after: /if \(false/,
    reason: "what is not there cannot be called: that is caught, and tried again later",
  },
  {
    file: CAMPAIGN,
    line: /^const isIdle = !finished && !stopping/,
    after: /!finished && true|= true && !stopping|!lease && true/,
    reason: "a check that begins while old work drains, or beside an unclear claim, does no harm",
  },
  {
    file: "elector/campaign/outcome.ts",
    line: "...(retryAt !== undefined && { retryAt }),",
    after: /\(true/,
    reason: "a time that is undefined is as good as none",
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
    line: /^if \(lease \|\| !observed \|\| firstReadAt/,
    after: /\|\| false/,
    reason:
      "what is stale follows something observed by a read: the questions are for the type checker",
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
    file: "elector/machine/requests.ts",
    line: /^invariant\(/,
    after: /\|\|/,
    reason: "a promise that is checked once more, and that no event can break",
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
    file: "elector/campaign/work_error.ts",
    line: /^const goesOn = reason instanceof TermEndedError/,
    after: /= true &&/,
    reason: "a term's signal has no other reason: the question is for the type checker",
  },
  {
    file: "elector/elector.ts",
    line: "let token = -1;",
    reason: "a term that has ended had begun, and set it",
  },
  {
    file: "elector/elector.ts",
    line: "if (isLeader) this.#campaign?.stepDown();",
    after: /if \(true\)/,
    reason: "without an open lease there is no term to end",
  },
  {
    file: "elector/elector.ts",
    below: "this.#callbacks = options;",
    line: "this.#since = readClock(this.#setup.clock);",
    reason: "each campaign sets it, and nothing asks for it before the first",
  },
  {
    file: "elector/elector.ts",
    line: /^if \(term.isValid\(\) \|\| ended === undefined\)/,
    after: /if \(false \|\|/,
    reason: "a term that is valid has not ended",
  },
  {
    file: "gist/history.ts",
    line: "if (left && isShort) onReserve?.(left);",
    after: /if \(true/,
    reason: "only the reserve makes a list short: the question is for the type checker",
  },
  {
    file: "gist/git/remote.ts",
    line: /^return \/\^\\s\*text/,
    after: /headers.get\("content-type"\)\)/,
    reason: 'RegExp.test() reads null as "null", which is no web page either',
  },
  {
    file: "gist/git/remote.ts",
    line: /^\(cause instanceof LockAccessError &&/,
    after: /true && cause.status/,
    reason: "no other error has a status: the question is for the type checker",
  },
  {
    file: "gist/git/store.ts",
    line: /^const current = known && this.#reader.ref/,
    after: /known && true/,
    reason: "no revision is known before the branch is: both are learnt by the same read",
  },
  {
    file: "gist/git/store.ts",
    line: /^if \(current.head !== seen.head \|\| ref === undefined\)/,
    after: /\|\| false/,
    reason: "the branch is known once anything was read: the question is for the type checker",
  },
  {
    file: "gist/git/store.ts",
    line: /file.kind === "present" && file.blobId/,
    after: /true && file.blobId/,
    reason: "only a file that is there has a blob: the question is for the type checker",
  },
  {
    file: "gist/git/store.ts",
    line: /^return parents.includes\(head\) \|\| \(file.kind/,
    after: /true && baseOf/,
    reason: "a text that was deleted since followed the same head anyway",
  },
  {
    file: "store/errors.ts",
    line: /^return mayPause \? /,
    after: /return true/,
    reason: "no other error has a time: the question is for the type checker",
  },
  {
    file: OBJECTS,
    line: /^if \(space < 0 \|\| nul < space/,
    after: /space <= 0|space < 1|nul <= space/,
    reason:
      "a mode of no digits is refused a few lines below; a space and a NUL are never at one place",
  },
  {
    file: OBJECTS,
    line: /^headers\[0\]\?.\[0\] !== "tree" \|\| tree === undefined/,
    after: /"tree" \|\| false/,
    reason: "where the first key is tree, there is a tree: the question is for the type checker",
  },
  {
    file: "gist/git/objects/pack_deltas.ts",
    line: /^if \(entry.type\) ready.push/,
    after: /if \(true\)/,
    reason:
      "what has no base has a type, as the entries are read: the question is for the type checker",
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
    file: REFS,
    line: /^const head = ref === undefined/,
    after: /= false/,
    reason: "no ref has the name undefined: the question is for the type checker",
  },
  {
    file: REFS,
    line: /^if \(ref === undefined \|\| head === undefined/,
    after: /if \(false \|\| head/,
    reason: "where there is no ref there is no head: the question is for the type checker",
  },
  {
    file: BYTES,
    line: /^return at < 0 \? \[text, ""\]/,
    after: /at <= 0|at < 1/,
    reason:
      "what begins with the separator has no id, no tree or no key, and is refused or ignored",
  },
  {
    file: READER,
    line: /^if \(!\(error instanceof LockUnavailableError &&/,
    after: /!\(true &&/,
    reason: "nothing else has such a cause: the question is for the type checker",
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
    file: READER,
    line: /largeBlobs: false/,
    after: /^\(nothing\)$|depth: 1, *\}|^$/,
    reason: "undefined is as good as false here",
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
