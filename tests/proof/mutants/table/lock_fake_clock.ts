import type { Mutant } from "../mutant.ts";

/** Bugs in `lock/fake_clock.ts`. */
export const LOCK_FAKE_CLOCK: readonly Mutant[] = [
  {
    bug: "a test in which time does pass counts as one in which it does not",
    file: "lock/fake_clock.ts",
    text: "wakes = wait > 0 ? 0 : wakes + 1;",
    replacement: "wakes++;",
    killedBy: {
      file: "tests/lock/clock_test.ts",
      test: "FakeClock.advance() wakes any number of sleepers at different instants",
    },
  },
];
