import { type Mutant, mutantsOf } from "../mutant.ts";

const REST = "tests/contract/rest_test.ts";
const ETAG = "tests/gist/rest/etag_test.ts";
const HEARSAY = "tests/gist/rest/hearsay_test.ts";
const MIXED_ANSWERS = "tests/gist/rest/mixed_answers_test.ts";
const QUOTA = "tests/gist/rest/quota_test.ts";
const STORE = "tests/gist/rest/store_test.ts";
const VOID_REVISIONS = "tests/gist/rest/void_revisions_test.ts";

/** Bugs in `gist/rest/`. */
export const GIST_REST: readonly Mutant[] = [
  ...mutantsOf("gist/rest/access.ts", "tests/gist/rest/access_test.ts", [
    {
      bug: "another account's token passes",
      text: "  refuseOtherAccount(where, owner, account.login);\n",
      replacement: "",
      killedBy:
        "GistLock.checkAccess() names the gist's account, the token's account, and what to do",
    },
    {
      bug: "a token without the scope passes",
      text: "  refuseWithoutScope(where, account.scopes ?? scopes);\n",
      replacement: "",
      killedBy: 'GistLock.checkAccess() of ghp_a with the scopes "repo, read:org" refuses',
    },
    {
      bug: "a token that may not ask for its account is refused",
      text: "|| error.status === 401) throw error;",
      replacement: "|| error.status !== undefined) throw error;",
      killedBy:
        "GistLock.checkAccess() passes a token that may not ask for its account, and refuses a wrong one",
    },
  ]),
  ...mutantsOf("gist/rest/client.ts", QUOTA, [
    {
      bug: "the quota is read from successes alone",
      text: "readQuota(response.headers, readClock(clock))",
      replacement: "(response.ok ? readQuota(response.headers, readClock(clock)) : undefined)",
      killedBy: "GistLock.quota() follows every response: reads, 304, writes, and refusals",
    },
  ]),
  ...mutantsOf("gist/rest/in_effect.ts", "tests/gist/rest/in_effect_test.ts", [
    {
      bug: "a write is in effect wherever it landed",
      text: "if (base !== undefined) return base === revision.predecessor;",
      replacement: "if (base !== undefined) return true;",
      killedBy: "inEffect() lets one of all the writes that share a base through, in every order",
    },
    {
      bug: "an edit of another file brings a record back",
      text: "return revision.content !== predecessor.content;",
      replacement: "return true;",
      killedBy: "inEffect() is false for a record without a base that was there before",
    },
    {
      bug: "the search goes back no further than one revision",
      text: "    revision = predecessor;\n  }\n  return undefined;",
      replacement: "    return found(predecessor);\n  }\n  return undefined;",
      killedBy: [REST, "RestStore lets one of 4 racing writes win, round after round"],
    },
    {
      bug: "a deleted file passes for one that never was",
      text: "{ ...found(revision), isDeleted: true, lastToken: yield* findLastToken(predecessor) }",
      replacement: "found(revision)",
      killedBy: [REST, "RestStore never writes after a file was deleted"],
    },
  ]),
  ...mutantsOf("gist/rest/quota.ts", QUOTA, [
    {
      bug: "any quota is taken for the one of the API",
      text: '!== "core"',
      replacement: '=== ""',
      killedBy: "readQuota() reads another resource",
    },
  ]),
  ...mutantsOf("gist/rest/read_revision.ts", HEARSAY, [
    {
      bug: "a revision is what the server shows in its place",
      text: "if (found === version) return answer;",
      replacement: "if (found) return answer;",
      killedBy: "RestStore believes an answer by name only where it is of that very revision",
    },
    {
      bug: "a revision that is not there yet means that the token is wrong",
      text: "error.status !== 404",
      replacement: "error.status === 404",
      killedBy: "RestStore believes an answer by name only where it is of that very revision",
    },
    {
      bug: "a token that is refused for a revision passes for a revision that is not there yet",
      text: "if (!(error instanceof LockAccessError) || error.status !== 404) throw error;",
      replacement: "if (!(error instanceof LockAccessError)) throw error;",
      killedBy: [
        ETAG,
        "readRevision() takes 404 for a revision that is not there yet, and nothing else",
      ],
    },
  ]),
  ...mutantsOf("gist/rest/revisions.ts", "tests/gist/rest/revisions_test.ts", [
    {
      bug: "a page begins where the one before it ended",
      text: "last = page.size * page.number - 1;",
      replacement: "last = page.size * page.number;",
      killedBy: "RevisionLog finds the predecessor of a revision that has become an older one",
    },
    {
      bug: "the end of a page passes for the first revision",
      text:
        "if (last !== undefined && !hasNext && versions.length < size) this.#links.set(last, undefined);",
      replacement: "if (last !== undefined) this.#links.set(last, undefined);",
      killedBy: "RevisionLog takes no page's end for the first revision where there may be more",
    },
    {
      bug: "a text that was read is read again",
      text: "if (known) return known;",
      replacement: "if (known && !known) return known;",
      killedBy: "RevisionLog asks for a revision once",
    },
    {
      bug: "the revisions of a search are read one by one",
      text: "Math.min(MAX_AT_ONCE, Math.max(1, depth))",
      replacement: "1",
      killedBy: [
        VOID_REVISIONS,
        "a lock that 121 candidates wrote at once stays usable: it is read, led and released",
      ],
    },
    {
      bug: "as many revisions are read at once as there are",
      text: "Math.min(MAX_AT_ONCE, Math.max(1, depth))",
      replacement: "Math.max(1, depth)",
      killedBy: "RevisionLog reads no more at once than 16 revisions, and the first one alone",
    },
    {
      bug: "a revision that the search does not need makes it fail",
      text: 'if (text?.status !== "fulfilled") throw text?.reason;',
      replacement:
        'for (const each of texts) if (each.status === "rejected") throw each.reason;\n        if (text?.status !== "fulfilled") throw text?.reason;',
      killedBy: [VOID_REVISIONS, "RestStore needs no revision that it reads ahead"],
    },
    {
      bug: "an answer that is older than the write is searched for it",
      text: "this.#chain(version, MAX_AT_ONCE).includes(head)",
      replacement: "head === version",
      killedBy: "RevisionLog finds the successor of a revision from what an answer shows",
    },
  ]),
  ...mutantsOf("gist/rest/store.ts", HEARSAY, [
    {
      bug: "a 200 means that the write won",
      text: "if (await this.#log.content(successor, options) !== content) {",
      replacement: "if (successor === undefined) {",
      killedBy: [
        REST,
        "RestStore conflicts where the head moved on, and what was there stays in effect",
      ],
    },
    {
      bug: "a write without its base is let through",
      text: "if (baseOf(content) !== seen.head) {",
      replacement: 'if (baseOf(content) === undefined && seen.head === "") {',
      killedBy: [STORE, "RestStore writes nothing whose base is not the head that was seen"],
    },
    {
      bug: "a 409 means that the write was refused",
      text: "        ? unknownOutcome(this.#gist.where, undefined, error)\n        : error;",
      replacement: '        ? new LockConflictError("refused")\n        : error;',
      killedBy: [
        REST,
        "RestStore does not know the outcome of a write whose request or answer was lost",
      ],
    },
    {
      bug: "a write that was replaced since counts as in effect",
      text: "if (version !== successor) {",
      replacement: "if (version === undefined) {",
      killedBy: [STORE, "RestStore judges a write by an answer that shows more than the write"],
    },
    {
      bug: "a write is judged by the head alone",
      text: "const successor = await this.#log.successor(seen.head, history, options);",
      replacement: "const successor = head;",
      killedBy: [STORE, "RestStore judges a write by an answer that shows more than the write"],
    },
    {
      bug: "a content counts as that of the revision that the same response names",
      text: "return { content, version: head, head, isProven: false };",
      replacement: "return { content, version: head, head, isProven: true };",
      killedBy: [
        MIXED_ANSWERS,
        "RestStore proves nothing but the truth, whatever instants its answers are made of",
      ],
    },
    {
      bug: "a write of one's own is believed where it is shown",
      text: "if (!isPlain || this.#sent.has(content)) return undefined;",
      replacement: "if (!isPlain) return undefined;",
      killedBy: "RestStore proves what is shown of its own writes, polled or not",
    },
    {
      bug: "a write builds on what was merely shown",
      text: "if (!seen.isProven) await this.#confirm(seen, options);",
      replacement: "",
      killedBy: "RestStore writes nothing on what was merely shown, unless it proves to be so",
    },
    {
      bug: "a mixed answer is asked for again by its ETag",
      text:
        "if (this.#log.has(head) && this.#log.known(head) !== answer.content) this.#latest = undefined;",
      replacement: "",
      killedBy: "RestStore asks no longer by the ETag of an answer that proved to be mixed",
    },
    {
      bug: "a file counts as deleted because one response does not show it",
      text:
        "if (content === undefined || history === undefined || this.#log.has(head)) return undefined;",
      replacement:
        "if (history === undefined || this.#log.has(head)) return undefined;\n    if (content === undefined) return { content, version: head, head, isProven: false };",
      killedBy:
        "RestStore takes a file for deleted only where the revision that deleted it says so",
    },
    {
      bug: "what a search went through is not remembered",
      text: "    this.#keep(passed, step.value);\n",
      replacement: "",
      killedBy: [VOID_REVISIONS, "RestStore remembers what a search went through"],
    },
    {
      bug: "the ETag of an earlier answer is kept for one that has none",
      text: "this.#latest = etag === undefined ? undefined :",
      replacement: "this.#latest = etag === undefined ? this.#latest :",
      killedBy: [
        ETAG,
        "RestStore asks with the ETag of the last answer, and with none where that had none",
      ],
    },
  ]),
];
