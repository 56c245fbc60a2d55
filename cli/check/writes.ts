import { SCRATCH_DESCRIPTION } from "../../gist/mod.ts";
import type { Store } from "../../store/mod.ts";
import { type Check, pass, type Result, skip } from "./check.ts";
import type { StaleWrite } from "./targets.ts";

/** How many writers race for one version of a bucket's probe, and how often. */
const RACE = Object.freeze({ writers: 16, rounds: 3 });

/** Options of {@linkcode writeChecks}. */
export interface WriteOptions {
  readonly store: Store;
  readonly staleWrite: StaleWrite;
  /** Whether checks that write are left out. */
  readonly isReadOnly: boolean;
}

/** Checks that this token may write, and that the store refuses a stale write. */
export function writeChecks(
  { store, staleWrite, isReadOnly }: WriteOptions,
  needs: readonly string[],
): Check[] {
  const skipped = (): Result => skip("it writes, and --read-only was given");
  const unlessReadOnly = (run: () => Promise<Result>) => isReadOnly ? skipped : run;
  switch (staleWrite.kind) {
    case "git":
      return [
        { name: "push access", needs, run: () => checkPush(store) },
        {
          name: "stale write",
          needs: [...needs, "push access"],
          run: unlessReadOnly(() => stalePush(staleWrite)),
        },
      ];
    case "rest":
      return [{ name: "stale write", needs, run: unlessReadOnly(() => staleEdit(staleWrite)) }];
    case "bucket":
      return [
        { name: "write access", needs, run: unlessReadOnly(() => probe(staleWrite)) },
        {
          name: "stale write",
          needs: isReadOnly ? needs : [...needs, "write access"],
          run: unlessReadOnly(() => race(staleWrite)),
        },
      ];
  }
}

/** Reads refs for a push; nothing is written. */
async function checkPush(store: Store): Promise<Result> {
  await store.checkAccess();
  return pass("the git server lets this token push");
}

async function stalePush({ push }: StaleWrite & { kind: "git" }): Promise<Result> {
  const said = await push();
  return pass(`refused: a push with a wrong old id changed nothing ("${said}")`);
}

async function staleEdit({ edit }: StaleWrite & { kind: "rest" }): Promise<Result> {
  const { isReadableAtOnce, isDeleted } = await edit();
  const read = isReadableAtOnce
    ? "revisions can be read by name right after a write"
    : "revisions could be read by name only some time after a write, so renewals may fail now and then";
  const rest = isDeleted
    ? "the scratch gist was deleted"
    : `the scratch gist could not be deleted: delete "${SCRATCH_DESCRIPTION}" on the website`;
  return pass(`void: of two writes from one read only the first took effect; ${read}; ${rest}`);
}

async function probe({ probe }: StaleWrite & { kind: "bucket" }): Promise<Result> {
  await probe();
  return pass("a conditional write was accepted, a stale one refused; KEY.probe is left there");
}

async function race({ race }: StaleWrite & { kind: "bucket" }): Promise<Result> {
  await race(RACE);
  return pass(
    `refused: ${RACE.rounds} times exactly one of ${RACE.writers} racing writes was accepted`,
  );
}
