import type { Mutant } from "../mutant.ts";

const FILE = "gist/git/remote.ts";

/** Bugs in `gist/git/remote.ts`. */
export const GIST_GIT_GIT_REMOTE: readonly Mutant[] = [
  {
    bug: "whatever comes with status 200 says that the token may push",
    file: FILE,
    text: 'await this.#advertised(RECEIVE_PACK, "write", options);',
    replacement:
      'const url = `${this.#url}/info/refs?service=${RECEIVE_PACK}`; this.#bodyOf(await this.#transport.send({ method: "GET", url, headers: HEADERS }), "write");',
    killedBy: {
      file: "tests/gist/git/push_access_test.ts",
      test: "GitStore.checkAccess() takes for a yes only what git's receive-pack says",
    },
  },
  {
    bug: "who may read may push",
    file: FILE,
    text: "this.#advertised(RECEIVE_PACK",
    replacement: "this.#advertised(UPLOAD_PACK",
    killedBy: {
      file: "tests/gist/git/push_access_test.ts",
      test: "GitStore.checkAccess() refuses another account's token, which reads all right",
    },
  },
  {
    bug: "a page in the place of the answer to a push means that nothing was written",
    file: FILE,
    text: "(cause instanceof LockAccessError && cause.status === 200)",
    replacement: "false",
    killedBy: {
      file: "tests/gist/git/store_errors_test.ts",
      test: "GitStore does not know the outcome of a write that got no report",
    },
  },
  {
    bug: "a fetch by git counts as a write",
    file: FILE,
    text: "      isWrite: service === RECEIVE_PACK,\n",
    replacement: "",
    killedBy: {
      file: "tests/store/http/pauses_test.ts",
      test: "GistLock by git: 503 with a time to a git-fetch is waited out",
    },
  },
  {
    bug: "what the server says when it refuses is dropped",
    file: FILE,
    text: "${reason} (${quoted}); ${advice}`",
    replacement: "${reason} (status ${status}); ${advice}`",
    killedBy: {
      file: "tests/gist/git/refusals_test.ts",
      test: "GitStore passes on text with status 403",
    },
  },
  {
    bug: "what the server says is passed on with the gist's id",
    file: FILE,
    text: "this.#transport.redact(sentence, MAX_SENTENCE)",
    replacement: "sentence.slice(0, MAX_SENTENCE)",
    killedBy: {
      file: "tests/gist/git/refusals_test.ts",
      test: "GitStore passes on the gist's id with status 403",
    },
  },
];
