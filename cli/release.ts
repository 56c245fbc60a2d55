import {
  EMPTY_RECORD,
  InvalidRecordError,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  systemClock,
} from "../lock/mod.ts";
import { UsageError } from "./command.ts";
import { EXIT } from "./exit_codes.ts";
import { CommandError } from "./failures.ts";
import { openLock } from "./gist_access.ts";
import { asksForHelp, type Help, renderHelp } from "./help.ts";
import { describeLeadership, leadershipOf } from "./leadership.ts";
import { GIST_OPTIONS } from "./options.ts";
import { readOptions } from "./read_options.ts";
import { stylesOfStdout } from "./terminal.ts";

const OPTIONS = [...GIST_OPTIONS, "request-timeout", "force", "yes"] as const;

const HELP: Help = {
  usage: "release --force [OPTIONS]",
  about:
    "Frees a lock whose holder cannot. Shows whose it is, and asks first. A holder that still runs " +
    "goes on until it sees the change: for so long, two may lead. Prefer `resign`.",
  options: OPTIONS,
  examples: ["elector release --force --gist $GIST_ID"],
};

/** `elector release --force`: an operator frees a lock. */
export async function runRelease(args: readonly string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(renderHelp(HELP));
    return EXIT.ok;
  }
  const values = readOptions(OPTIONS, args);
  if (!values.force) {
    throw new UsageError(
      "Cannot release a lock for somebody else as --force must say so: ask its holder with `elector resign` if you can",
    );
  }
  const lock = openLock(values, { requestTimeout: values["request-timeout"] });
  const found = await look(lock);
  if (found === undefined || found.record?.holderIdentity === "") {
    console.log("Nobody holds the lock");
    return EXIT.ok;
  }
  for (const line of describe(found)) console.log(line);
  if (!values.yes && !ask()) {
    console.log("Nothing was changed");
    return EXIT.failed;
  }
  await free(lock, found);
  console.log("The lock is free");
  return EXIT.ok;
}

/** How often a holder may renew between a look and the write that follows it. */
const MAX_ATTEMPTS = 5;

/** Frees the lock from the term that was shown, and from no other. */
async function free(lock: Lock, shown: Found): Promise<void> {
  let found: Found = shown;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    try {
      await lock.update(released(found, systemClock.wall()), { version: found.version });
      return;
    } catch (error) {
      if (!(error instanceof LockConflictError)) throw error;
    }
    const current = await look(lock);
    if (!current || !isSameTerm(current, shown)) break;
    found = current;
  }
  throw new CommandError(
    EXIT.failed,
    "Cannot free the lock as it must stay as it was shown: it has changed meanwhile; look again",
  );
}

function isSameTerm({ record: a, version }: Found, { record: b, version: shown }: Found): boolean {
  if (!a || !b) return version === shown;
  return a.holderIdentity === b.holderIdentity && a.leaderTransitions === b.leaderTransitions;
}

/** What is stored; a record of `undefined` where it is none. */
interface Found {
  readonly version: string;
  readonly record: LeaderElectionRecord | undefined;
  readonly tokenFloor: number | undefined;
}

async function look(lock: Lock): Promise<Found | undefined> {
  try {
    const observed = await lock.get();
    return observed &&
      { ...observed, tokenFloor: observed.record.leaderTransitions };
  } catch (error) {
    if (!(error instanceof InvalidRecordError) || error.version === undefined) throw error;
    console.log(error.message);
    return { version: error.version, record: undefined, tokenFloor: error.tokenFloor };
  }
}

function describe({ record, tokenFloor }: Found): string[] {
  if (record) {
    const now = systemClock.wall();
    return describeLeadership(leadershipOf(record, now), now, stylesOfStdout());
  }
  return [
    tokenFloor === undefined
      ? "No fencing token can be read from it: tokens will start at 1 again"
      : `Fencing tokens will go on after ${tokenFloor}`,
  ];
}

/** The record that frees the lock: as its holder would have left it, so that fencing tokens go on rising. */
function released(
  { record = EMPTY_RECORD, tokenFloor = 0 }: Found,
  now: number,
): LeaderElectionRecord {
  const { holderIdentity: _, ...rest } = record;
  return {
    ...rest,
    holderIdentity: "",
    leaseDurationSeconds: 1,
    renewTime: now,
    acquireTime: now,
    leaderTransitions: tokenFloor,
  };
}

function ask(): boolean {
  if (!Deno.stdin.isTerminal()) {
    throw new CommandError(
      EXIT.usage,
      "Cannot ask for a confirmation as stdin must be a terminal: add --yes",
    );
  }
  return confirm("Free the lock, though its holder may still be at work?");
}
