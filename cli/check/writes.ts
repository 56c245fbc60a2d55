import { SCRATCH_DESCRIPTION, type StaleEdit } from "../../gist/mod.ts";
import { type Check, pass, type Result, skip } from "./check.ts";
import type { CheckOptions } from "./target.ts";

/** How many writers race for one version of a bucket's probe, and how often. */
const RACE = Object.freeze({ writers: 16, rounds: 3 });

/** Checks that this token may write, and that the store refuses a stale write. */
export function writeChecks({ target, isReadOnly }: CheckOptions): Check[] {
  const { store, staleWrite } = target;
  const writing = (name: string, run: () => Promise<Result>, ...needs: string[]): Check =>
    isReadOnly
      ? { name, run: () => skip("it writes, and --read-only was given") }
      : { name, run, needs };
  switch (staleWrite.kind) {
    case "git":
      return [
        // It reads refs for a push; nothing is written.
        {
          name: "push access",
          run: async () => {
            await store.checkAccess();
            return pass("the git server lets this token push");
          },
        },
        writing("stale write", async () => {
          const said = await staleWrite.push();
          return pass(`refused: a push with a wrong old id changed nothing ("${said}")`);
        }, "push access"),
      ];
    case "rest":
      return [writing("stale write", async () => pass(describeEdit(await staleWrite.edit())))];
    case "bucket":
      return [
        writing("write access", async () => {
          await staleWrite.probe();
          return pass(
            "a conditional write was accepted, a stale one refused; KEY.probe is left there",
          );
        }),
        writing("stale write", async () => {
          await staleWrite.race(RACE);
          const { rounds, writers } = RACE;
          return pass(
            `refused: ${rounds} times exactly one of ${writers} racing writes was accepted`,
          );
        }, "write access"),
      ];
  }
}

function describeEdit({ isReadableAtOnce, isDeleted }: StaleEdit): string {
  const read = isReadableAtOnce
    ? "revisions can be read by name right after a write"
    : "revisions could be read by name only some time after a write, so renewals may fail now and then";
  const rest = isDeleted
    ? "the scratch gist was deleted"
    : `the scratch gist could not be deleted: delete "${SCRATCH_DESCRIPTION}" on the website`;
  return `void: of two writes from one read only the first took effect; ${read}; ${rest}`;
}
