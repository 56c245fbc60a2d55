import type { Mutant } from "../mutant.ts";

const READ_REVISION = "gist/rest/read_revision.ts";
const ACCESS = "gist/rest/access.ts";
const HISTORY = "gist/history.ts";

/** Bugs in what is read by the REST API beside the record: one revision, the account, the quota, the history. */
export const GIST_REST_READS: readonly Mutant[] = [
  {
    bug: "a revision is what the server shows in its place",
    file: READ_REVISION,
    text: "if (found === version) return answer;",
    replacement: "if (found) return answer;",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore believes an answer by name only where it is of that very revision",
    },
  },
  {
    bug: "a revision that is not there yet means that the token is wrong",
    file: READ_REVISION,
    text: "error.status !== 404",
    replacement: "error.status === 404",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore believes an answer by name only where it is of that very revision",
    },
  },
  {
    bug: "another account's token passes",
    file: ACCESS,
    text: "  refuseOtherAccount(where, owner, account.login);\n",
    replacement: "",
    killedBy: {
      file: "tests/gist/rest/access_test.ts",
      test: "GistLock.checkAccess() names the gist's account, the token's account, and what to do",
    },
  },
  {
    bug: "a token without the scope passes",
    file: ACCESS,
    text: "  refuseWithoutScope(where, account.scopes ?? scopes);\n",
    replacement: "",
    killedBy: {
      file: "tests/gist/rest/access_test.ts",
      test: 'GistLock.checkAccess() of ghp_a with the scopes "repo, read:org" refuses',
    },
  },
  {
    bug: "a token that may not ask for its account is refused",
    file: ACCESS,
    text: "|| error.status === 401) throw error;",
    replacement: "|| error.status !== undefined) throw error;",
    killedBy: {
      file: "tests/gist/rest/access_test.ts",
      test:
        "GistLock.checkAccess() passes a token that may not ask for its account, and refuses a wrong one",
    },
  },
  {
    bug: "what the server says is kept back",
    file: "gist/access.ts",
    text: "(status ${status}${quoted}); ${advice}`",
    replacement: "(status ${status}); ${advice}`",
    killedBy: {
      file: "tests/gist/rest/access_test.ts",
      test:
        'GistLock passes on what the server says with 403 to a read: "Resource protected by or"',
    },
  },
  {
    bug: "what the server says is passed on with the token",
    file: "gist/access.ts",
    text: 'secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), message)',
    replacement: "message + secrets.slice(99)",
    killedBy: {
      file: "tests/gist/rest/access_test.ts",
      test: "GistLock quotes a server without secrets, control characters, or more than a sentence",
    },
  },
  {
    bug: "the time that a server names is lost with an unknown outcome",
    file: "store/errors.ts",
    text: "{ cause, ...pause, retryAt: retryAt ?? pause?.retryAt },",
    replacement: "{ cause },",
    killedBy: {
      file: "tests/gist/rest/store_test.ts",
      test: "RestStore passes on the time to wait for with an unknown outcome",
    },
  },
  {
    bug: "any quota is taken for the one of the API",
    file: "gist/rest/quota.ts",
    text: '!== "core"',
    replacement: '=== ""',
    killedBy: {
      file: "tests/gist/rest/quota_test.ts",
      test: "readQuota() reads another resource",
    },
  },
  {
    bug: "the quota is read from successes alone",
    file: "gist/rest/client.ts",
    text: "readQuota(response.headers, readClock(this.clock))",
    replacement: "(response.ok ? readQuota(response.headers, readClock(this.clock)) : undefined)",
    killedBy: {
      file: "tests/gist/rest/quota_test.ts",
      test: "GistLock.quota() follows every response: reads, 304, writes, and refusals",
    },
  },
  {
    bug: "a history is read down to the last request of the quota",
    file: HISTORY,
    text: "    if (reached()) break;\n",
    replacement: "",
    killedBy: {
      file: "tests/gist/history_test.ts",
      test: "readHistory() leaves requests to the candidates, and says so",
    },
  },
  {
    bug: "a history that stops early says nothing of it",
    file: HISTORY,
    text: "if (left && isShort) onReserve?.(left);",
    replacement: "void [left, isShort, onReserve];",
    killedBy: {
      file: "tests/gist/history_test.ts",
      test: "readHistory() leaves requests to the candidates, and says so",
    },
  },
  {
    bug: "a history ends with its first page",
    file: HISTORY,
    text: "hasMore = hasNext;",
    replacement: "hasMore = hasNext && page < 1;",
    killedBy: {
      file: "tests/gist/history_test.ts",
      test: "readHistory() reads pages until it has as many revisions as it was asked for",
    },
  },
];
