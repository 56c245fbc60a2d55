import { type Mutant, mutantsOf } from "../mutant.ts";

/** Bugs in `gist/`. */
export const GIST: readonly Mutant[] = [
  ...mutantsOf("gist/access.ts", "tests/gist/rest/access_test.ts", [
    {
      bug: "what the server says is kept back",
      text: "(status ${status}${quoted}); ${advice}`",
      replacement: "(status ${status}); ${advice}`",
      killedBy:
        'GistLock passes on what the server says with 403 to a read: "Resource protected by or"',
    },
    {
      bug: "what the server says is passed on with the token",
      text: 'secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), message)',
      replacement: "message + secrets.slice(99)",
      killedBy:
        "GistLock quotes a server without secrets, control characters, or more than a sentence",
    },
  ]),
  ...mutantsOf("gist/access_token.ts", "tests/gist/rotation_test.ts", [
    {
      bug: "a refused request is sent again with the same token",
      text: "return isCurrent() || this.current === undefined ?",
      replacement: "return this.current === undefined ?",
      killedBy: "GistLock sends a refused request once if the token is the same, by rest",
    },
    {
      bug: "a token that was refused by mistake is asked for before every request from then on",
      text: "if (this.#isCurrent(header)) this.#isRefused = false;",
      replacement: "void header;",
      killedBy:
        "GistLock asks no longer before each request once a refused token is accepted, by git",
    },
    {
      bug: "a renewal waits for a function that hangs",
      text: "this.#start(this.#ask).catch(() => {});",
      replacement: "await this.#start(this.#ask).catch(() => {});",
      killedBy: "GistLock does not wait for a function that hangs while it has a token, by git",
    },
    {
      bug: "a function that hangs is waited for without end",
      text: "return await Promise.race([this.#start(this.#ask), overdue]);",
      replacement: "return await this.#start(this.#ask);",
      killedBy: "GistLock gives a function that hangs up in time, and says so, by rest",
    },
    {
      bug: "a function is asked before every request",
      text: ">= ASK_PERIOD)",
      replacement: ">= 0)",
      killedBy: "GistLock asks for its token once, and again after a while, by rest",
    },
    {
      bug: "the error of a function quotes a token that is not known yet",
      text: 'messageOf(error).replaceAll(LOOKS_LIKE_TOKEN, "[secret]")',
      replacement: "messageOf(error)",
      killedBy: "GistLock quotes no token if its function throws, by git",
    },
    {
      bug: "a refused token and a failing function leave it unknown whether a write took effect",
      text: "      throw new LockAccessError(\n        `The server refused the access token",
      replacement:
        "      throw new LockUnavailableError(\n        `The server refused the access token",
      killedBy: "GistLock says what a refused token and a failing function have come to, by rest",
    },
    {
      bug: "a token that was replaced is not hidden in errors",
      text:
        "this.#tokens.push(token);\n    this.#tokens.splice(0, this.#tokens.length - MOST_SECRETS);",
      replacement: "this.#tokens.splice(0, this.#tokens.length, token);",
      killedBy: "an error hides the tokens that were replaced, too",
    },
  ]),
  ...mutantsOf("gist/gist_lock.ts", "tests/gist/base_url_test.ts", [
    {
      bug: "the refusal of another git address names the API's",
      text: ': checkBaseUrl(given, "gitBaseUrl")',
      replacement: ": given",
      killedBy: "GistLock by git names the address that it refuses",
    },
    {
      bug: "git asks the REST API's own address for the repository",
      text: "{ ...options, baseUrl: address }",
      replacement: "{ ...options, ...(given === baseUrl && { baseUrl: gitBaseUrl() }) }",
      killedBy: "GistLock by git asks the repositories that belong to the base URL",
    },
  ]),
  ...mutantsOf("gist/history.ts", "tests/gist/history_test.ts", [
    {
      bug: "a history is read down to the last request of the quota",
      text: "    if (reached()) break;\n",
      replacement: "",
      killedBy: "readHistory() leaves requests to the candidates, and says so",
    },
    {
      bug: "a history that stops early says nothing of it",
      text: "if (left && isShort) onReserve?.(left);",
      replacement: "void [left, isShort, onReserve];",
      killedBy: "readHistory() leaves requests to the candidates, and says so",
    },
    {
      bug: "a history ends with its first page",
      text: "hasMore = hasNext;",
      replacement: "hasMore = hasNext && page < 1;",
      killedBy: "readHistory() reads pages until it has as many revisions as it was asked for",
    },
  ]),
  ...mutantsOf("gist/stale_write.ts", "tests/cli/check/faults_test.ts", [
    {
      bug: "an accepted stale push is taken for a refused one",
      text: "!(report instanceof Error) && report.ok;",
      replacement: "false;",
      killedBy: "a git server that lets a stale push through is found, even if it hides it",
    },
    {
      bug: "a stale push that the server says it refused, and did not, is not noticed",
      text: "if (isAccepted || (await remote.discover()).head === write.commitId) {",
      replacement: "if (isAccepted) {",
      killedBy: "a git server that reports a refusal, and moves the branch anyway, is found",
    },
    {
      bug: "a stale push names the revision that it replaces",
      text: "oldId: stale.commitId, newId",
      replacement: "oldId: (await reader.load({})).head || stale.commitId, newId",
      killedBy: "every check of a sound gist passes by git, and leaves it as it was",
    },
    {
      bug: "a hook that declines every push passes for a refused stale write",
      text: "/\\bhook declined\\b/i",
      replacement: "/\\bhook refused\\b/i",
      killedBy: "a hook that declines every push is no proof of a refused stale write",
    },
    {
      bug: "a second write on one base that took effect passes",
      text: "if (isOverwritten || after.value.content === loser) {",
      replacement: "if (isOverwritten && after.value.content !== loser) {",
      killedBy:
        "an API whose history forgets the write in between is found, and the scratch gist deleted",
    },
    {
      bug: "a scratch gist is left behind after a failure",
      text: "  } finally {\n    isDeleted =",
      replacement: "  } catch (error) {\n    throw error;\n  }\n  {\n    isDeleted =",
      killedBy:
        "revisions that can never be read by name are found, and the scratch gist is deleted",
    },
  ]),
];
