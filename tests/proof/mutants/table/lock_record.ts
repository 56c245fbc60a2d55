import type { Mutant } from "../mutant.ts";

const FILE = "lock/record.ts";

/** Bugs in `lock/record.ts`. */
export const LOCK_RECORD: readonly Mutant[] = [
  {
    bug: "a negative token is read",
    file: FILE,
    text: "if (number >= 0 && number <= most) return number;",
    replacement: "if (number <= most) return number;",
    killedBy: { file: "tests/lock/record_test.ts", test: "parseRecord() refuses -1 as a number" },
  },
  {
    bug: "an absurd number is read",
    file: FILE,
    text: "if (number >= 0 && number <= most) return number;",
    replacement: "if (number >= 0) return number;",
    killedBy: {
      file: "tests/lock/record_test.ts",
      test: "parseRecord() refuses 2147483648 as a number",
    },
  },
  {
    bug: "a fraction is read as an integer",
    file: FILE,
    text: "/^-?\\d+$/.test(value.text)",
    replacement: "/^-?[\\d.]+$/.test(value.text)",
    killedBy: { file: "tests/lock/record_test.ts", test: "parseRecord() refuses 15.0 as a number" },
  },
  {
    bug: "a bare number passes for an empty record",
    file: FILE,
    text: "    value instanceof NumberText\n",
    replacement: "    false\n",
    killedBy: { file: "tests/lock/record_test.ts", test: "parseRecord() refuses the JSON text 5" },
  },
  {
    bug: "garbage hides the fencing token",
    file: FILE,
    text: "throw new InvalidRecordError(error.message, { cause: error.cause, tokenFloor });",
    replacement: "throw error;",
    killedBy: {
      file: "tests/lock/record_test.ts",
      test: "InvalidRecordError.tokenFloor is 41 for",
    },
  },
  {
    bug: "a record of any length is read",
    file: FILE,
    text: "> MAX_RECORD_BYTES) {",
    replacement: "> Infinity) {",
    killedBy: {
      file: "tests/lock/record_test.ts",
      test: "parseRecord() refuses a text that is too long",
    },
  },
];
