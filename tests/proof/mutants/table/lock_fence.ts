import type { Mutant } from "../mutant.ts";

const FILE = "lock/fence.ts";
const TESTS = "tests/lock/fence_test.ts";

/** Bugs in `lock/fence.ts`. */
export const LOCK_FENCE: readonly Mutant[] = [
  {
    bug: "a token that is lower than the highest one seen, but not than the stored one, passes",
    file: FILE,
    text: "if (token < this.#highest) throw",
    replacement: "if (token < this.#stored) throw",
    killedBy: { file: TESTS, test: "a token that could not be stored counts as seen" },
  },
  {
    bug: "the same leader's next write is refused",
    file: FILE,
    text: "if (token < this.#highest) throw",
    replacement: "if (token <= this.#stored) throw",
    killedBy: { file: TESTS, test: "Fence lets the same token pass again, and stores it once" },
  },
  {
    bug: "checks run side by side",
    file: FILE,
    text: "const turn = this.#previous.then(async () => {",
    replacement: "const turn = Promise.resolve().then(async () => {",
    killedBy: {
      file: TESTS,
      test: "many checks in flight: none passes after a higher one has passed",
    },
  },
  {
    bug: "the next check does not wait for the effect",
    file: FILE,
    text: "    this.#previous = turn.catch(() => {});\n    return await turn;",
    replacement: "    this.#previous = Promise.resolve();\n    return await turn;",
    killedBy: {
      file: TESTS,
      test: "a higher token waits until the effect of a lower one is over",
    },
  },
  {
    bug: "an effect that fails blocks the fence",
    file: FILE,
    text: "this.#previous = turn.catch(() => {});",
    replacement: "this.#previous = turn;",
    killedBy: {
      file: TESTS,
      test: "an effect that fails has raised the fence, and the next check goes on",
    },
  },
  {
    bug: "a token passes before it is stored",
    file: FILE,
    text: "await store(token);",
    replacement: "store(token);",
    killedBy: { file: TESTS, test: "a higher token is stored before its effect begins" },
  },
  {
    bug: "a token that could not be stored passes the next time",
    file: FILE,
    text: "    await store(token);\n    this.#stored = token;",
    replacement: "    this.#stored = token;\n    await store(token);",
    killedBy: {
      file: TESTS,
      test: "a failing store refuses the effect; the token passes once it can be stored",
    },
  },
  {
    bug: "a stored token that cannot be understood counts as none",
    file: FILE,
    text: "if (loaded === undefined) return -1;",
    replacement: "if (!isToken(loaded)) return -1;",
    killedBy: {
      file: TESTS,
      test: 'a loaded "5" is not a token: every check is refused',
    },
  },
];
