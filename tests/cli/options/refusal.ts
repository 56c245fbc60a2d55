import assert from "node:assert/strict";
import { CommandError } from "../../../cli/errors.ts";

/** The sentence and the exit code with which something is refused. */
export function refusal(act: () => unknown): [message: string, exitCode: number] {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof CommandError, String(error));
    return [error.message, error.exitCode];
  }
  return assert.fail("It was not refused");
}
