import { type Mutant, mutantsOf } from "../mutant.ts";

const REFUSALS = "tests/gist/git/refusals_test.ts";
const STORE_ERRORS = "tests/gist/git/store_errors_test.ts";
const PAUSES = "tests/store/http/pauses_test.ts";

/** Bugs in `gist/git/`. */
export const GIST_GIT: readonly Mutant[] = [
  ...mutantsOf("gist/git/remote.ts", "tests/gist/git/push_access_test.ts", [
    {
      bug: "whatever comes with status 200 says that the token may push",
      text: 'await this.#advertised(RECEIVE_PACK, "write", options);',
      replacement:
        'const url = `${this.#url}/info/refs?service=${RECEIVE_PACK}`; this.#bodyOf(await this.#transport.send({ method: "GET", url, headers: HEADERS }), "write");',
      killedBy: "GitStore.checkAccess() takes for a yes only what git's receive-pack says",
    },
    {
      bug: "who may read may push",
      text: "this.#advertised(RECEIVE_PACK",
      replacement: "this.#advertised(UPLOAD_PACK",
      killedBy: "GitStore.checkAccess() refuses another account's token, which reads all right",
    },
    {
      bug: "a page in the place of the answer to a push means that nothing was written",
      text: "(cause instanceof LockAccessError && cause.status === 200)",
      replacement: "false",
      killedBy: [STORE_ERRORS, "GitStore does not know the outcome of a write that got no report"],
    },
    {
      bug: "a fetch by git counts as a write",
      text: "      isWrite: service === RECEIVE_PACK,\n",
      replacement: "",
      killedBy: [PAUSES, "GistLock by git: 503 with a time to a git-fetch is waited out"],
    },
    {
      bug: "what the server says when it refuses is dropped",
      text: "this.#quote(answer), REFUSALS[status]",
      replacement: '"", REFUSALS[status]',
      killedBy: [REFUSALS, "GitStore passes on text with status 403"],
    },
    {
      bug: "what the server says is passed on with the gist's id",
      text: "this.#transport.redact(sentence, MAX_SENTENCE)",
      replacement: "sentence.slice(0, MAX_SENTENCE)",
      killedBy: [REFUSALS, "GitStore passes on the gist's id with status 403"],
    },
  ]),
  ...mutantsOf("gist/git/store.ts", "tests/contract/git_test.ts", [
    {
      bug: "any answer to a push means that it won",
      text: "if (report.ok) return this.#snapshotOf",
      replacement: "if (report) return this.#snapshotOf",
      killedBy:
        "GitStore on the local gist server conflicts where the head moved on, and what was there stays in effect",
    },
    {
      bug: "a push that was sent twice counts as lost",
      text:
        'if (file.kind === "present" && file.blobId === write.blobId) return this.#snapshotOf(current);',
      replacement: "",
      killedBy: "GitStore on the local gist server counts a write once that was applied twice",
    },
    {
      bug: "a stale response counts as another candidate's write",
      text: "throw follows(current, seen.head) ? this.#conflict(seen, current) : unknown();",
      replacement: "throw this.#conflict(seen, current);",
      killedBy: [STORE_ERRORS, "GitStore does not take a stale answer for another's win"],
    },
    {
      bug: "a refused push counts as lost while the head stands still",
      text: "if (!/\\bhook declined\\b/i.test(report.reason)) throw unknown();",
      replacement:
        "if (!/\\bhook declined\\b/i.test(report.reason)) throw this.#conflict(seen, current);",
      killedBy: [STORE_ERRORS, "GitStore resolves a refused push by what is there now"],
    },
    {
      bug: "a deleted file passes for one that never was",
      text: "        throw deletedError(this.#reader.name, tokenOf(file.content));",
      replacement: "        return { content: undefined, version: head, head, isProven: true };",
      killedBy: "GitStore on the local gist server never writes after a file was deleted",
    },
    {
      bug: "a push replaces whatever is there",
      text: "{ ref, oldId: seen.head, newId",
      replacement: "{ ref, oldId: (await this.#reader.load(options)).head, newId",
      killedBy:
        "GitStore on the local gist server conflicts where the head moved on, and what was there stays in effect",
    },
  ]),
];
