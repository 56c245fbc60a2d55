import type { Mutant } from "../mutant.ts";

/** Bugs in `gist/access_token.ts`, and in what sends a request again. */
export const GIST_ACCESS_TOKEN: readonly Mutant[] = [
  {
    bug: "a request that was refused for its token is not sent again",
    file: "store/http/transport.ts",
    text: "answer.status === 401 ? await",
    replacement: "answer.status === 999 ? await",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock sends a refused write again with a fresh token, and it lands once, by git",
    },
  },
  {
    bug: "a request is sent that was given up while its token was asked for",
    file: "store/http/transport.ts",
    text: "    signal.throwIfAborted();\n",
    replacement: "",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock sends nothing that was given up while its token was asked for, by rest",
    },
  },
  {
    bug: "a refused request is sent again with the same token",
    file: "gist/access_token.ts",
    text: "return isCurrent() || this.current === undefined ?",
    replacement: "return this.current === undefined ?",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock sends a refused request once if the token is the same, by rest",
    },
  },
  {
    bug: "a renewal waits for a function that hangs",
    file: "gist/access_token.ts",
    text: "this.#start(this.#ask).catch(() => {});",
    replacement: "await this.#start(this.#ask).catch(() => {});",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock does not wait for a function that hangs while it has a token, by git",
    },
  },
  {
    bug: "a function that hangs is waited for without end",
    file: "gist/access_token.ts",
    text: "return await Promise.race([this.#start(this.#ask), overdue]);",
    replacement: "return await this.#start(this.#ask);",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock gives a function that hangs up in time, and says so, by rest",
    },
  },
  {
    bug: "a function is asked before every request",
    file: "gist/access_token.ts",
    text: ">= ASK_PERIOD)",
    replacement: ">= 0)",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock asks for its token once, and again after a while, by rest",
    },
  },
  {
    bug: "the error of a function quotes a token that is not known yet",
    file: "gist/access_token.ts",
    text: 'messageOf(error).replaceAll(LOOKS_LIKE_TOKEN, "[secret]")',
    replacement: "messageOf(error)",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock quotes no token if its function throws, by git",
    },
  },
  {
    bug: "a refused token and a failing function leave it unknown whether a write took effect",
    file: "gist/access_token.ts",
    text: "      throw new LockAccessError(\n        `The server refused the access token",
    replacement:
      "      throw new LockUnavailableError(\n        `The server refused the access token",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "GistLock says what a refused token and a failing function have come to, by rest",
    },
  },
  {
    bug: "a token that was replaced is not hidden in errors",
    file: "gist/access_token.ts",
    text:
      "this.#tokens.push(token);\n    this.#tokens.splice(0, this.#tokens.length - MOST_SECRETS);",
    replacement: "this.#tokens.splice(0, this.#tokens.length, token);",
    killedBy: {
      file: "tests/gist/rotation_test.ts",
      test: "an error hides the tokens that were replaced, too",
    },
  },
];
