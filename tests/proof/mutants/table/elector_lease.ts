import type { Mutant } from "../mutant.ts";

/** Bugs in `elector/machine/lease.ts`. */
export const ELECTOR_LEASE: readonly Mutant[] = [
  {
    bug: "a holder leads for all of L, without a guard",
    file: "elector/machine/lease.ts",
    text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
    replacement: "return timings.leaseDuration - elapsedSince(sentAt, now);",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test: "Term.isValid() is false at sentAt + D though no timer fired",
    },
  },
  {
    bug: "a suspended machine's deadline stands still",
    file: "elector/machine/lease.ts",
    text: "return timings.renewDeadline - elapsedSince(sentAt, now);",
    replacement: "return timings.renewDeadline - (now.monotonic - sentAt.monotonic);",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test: "a machine that was suspended past the deadline wakes without a term",
    },
  },
  {
    bug: "a follower takes over before L has passed",
    file: "elector/machine/lease.ts",
    text: 'return observed.holder === "" ? observed.at : observed.at + observed.duration;',
    replacement:
      'return observed.holder === "" ? observed.at : observed.at + observed.duration * 0.9;',
    killedBy: {
      file: "tests/elector/acquire_test.ts",
      test: "case 3: a record's lease longer than the option's is waited for",
    },
  },
  {
    bug: "a lease of under a second, written in Go, is none",
    file: "elector/machine/lease.ts",
    text: "return Math.max(1, record.leaseDurationSeconds) * 1_000;",
    replacement: "return record.leaseDurationSeconds * 1_000;",
    killedBy: {
      file: "tests/elector/acquire_test.ts",
      test: "case 3: a holder in Go whose lease of under a second reads as 0 has a second",
    },
  },
  {
    bug: "an acquisition does not raise the token",
    file: "elector/machine/lease.ts",
    text: "unclear?.token ?? highestToken + 1;",
    replacement: "unclear?.token ?? Math.max(0, highestToken);",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "an acquisition after a term that expired is a new term with a higher token",
    },
  },
  {
    bug: "the token wraps",
    file: "elector/machine/lease.ts",
    text: "return token <= MAX_LEADER_TRANSITIONS ? token : undefined;",
    replacement: "return token <= MAX_LEADER_TRANSITIONS ? token : 0;",
    killedBy: {
      file: "tests/elector/trouble_test.ts",
      test: "a salvaged token beyond the limit is refused, never wrapped",
    },
  },
  {
    bug: "an attempt that hangs leaves no time for another",
    file: "elector/machine/lease.ts",
    text: "return Math.min(most, remaining / 2);",
    replacement: "return remaining < Infinity ? remaining : most;",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "a leader whose calls all hang makes at least three before its deadline",
    },
  },
  {
    bug: "failed attempts follow each other without a pause",
    file: "elector/machine/lease.ts",
    text: "return failures <= 1 ? 0 : Math.min(",
    replacement: "return failures <= 1e9 ? 0 : Math.min(",
    killedBy: {
      file: "tests/proof/mutants/lease_test.ts",
      test: "retryDelay() repeats the first attempt at once, and leaves time between later ones",
    },
  },
  {
    bug: "a crowd claims at one instant",
    file: "elector/machine/lease.ts",
    text: "const spread = config.keepsLostWrites ? spreadOf(state) : 0;",
    replacement: "const spread = 0;",
    killedBy: {
      file: "tests/elector/contention_test.ts",
      test:
        "a free lock that keeps lost writes is proven, and claimed after the spread and another look",
    },
  },
  {
    bug: "the spread grows beyond its bound",
    file: "elector/machine/lease.ts",
    text: "return longest * Math.min(Math.floor(drawn), SLOTS - 1) / (SLOTS - 1);",
    replacement: "return longest * Math.floor(drawn) / (SLOTS - 1);",
    killedBy: {
      file: "tests/elector/contention_test.ts",
      test: "expirySpread() is within 0.2 P, whether lost writes are kept or not",
    },
  },
  {
    bug: "every slot of the spread is as likely",
    file: "elector/machine/lease.ts",
    text: "const drawn = Math.log(1 + random * (SLOT_RATIO ** SLOTS - 1)) / Math.log(SLOT_RATIO);",
    replacement: "const drawn = random * SLOTS + 0 * SLOT_RATIO;",
    killedBy: {
      file: "tests/elector/contention_test.ts",
      test:
        "expirySpread() lets few of any number of candidates share the first slot, where lost writes are kept",
    },
  },
];
