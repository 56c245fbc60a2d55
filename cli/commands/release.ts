import { MOVED, type Store } from "../../store/mod.ts";
import { escapeText, LockError, LockUnavailableError, systemClock } from "../../lock/mod.ts";
import { forceRelease, highestToken, refuseMoved } from "../actions/forced_release.ts";
import { type Found, inspect } from "../actions/stored.ts";
import { leadershipOf } from "../candidate/status.ts";
import { command } from "../command.ts";
import { CommandError, usageError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { openStore, readRevisions } from "../options/lock.ts";
import { LOCK_OPTIONS, type Values } from "../options/options.ts";
import { withChanges } from "../options/read.ts";
import { describeLeadership, NO_OBJECT } from "../output/leadership.ts";
import { stylesOfStdout } from "../output/terminal.ts";

const OPTIONS = [...LOCK_OPTIONS, "request-timeout", "force", "yes", "token"] as const;

type ReleaseValues = Values<typeof OPTIONS[number]>;

export const RELEASE = command({
  name: "release",
  summary: "Force-release a lock",
  usage: "--force [OPTIONS]",
  about:
    "Releases a lock whose holder cannot, whatever is stored. Shows the holder, and asks first. " +
    "A holder that still runs leads until it sees the change: until then, two may lead. Prefer `resign`.",
  options: OPTIONS,
  examples: ["elector release --force --gist $GIST_ID"],

  async run(values) {
    if (!values.force) {
      throw usageError(
        "No --force: run `elector resign` on the leader's machine if you can, or add --force",
      );
    }
    const target = await findTarget(values);
    const { store, found, formerProtocol } = target;
    for (const line of describe(target)) console.log(line);
    if (isFree(target, values.token)) return EXIT.ok;
    const token = chooseToken(await findToken(target, values), values.token, store.describe());
    if (!values.yes && !isConfirmed()) {
      console.log("Nothing was changed");
      return EXIT.failed;
    }
    const isReleased = await forceRelease(store, {
      shown: found,
      token,
      now: systemClock.wall(),
      inspect: () => inspectStored(store, values),
    });
    if (!isReleased) {
      const change = "The lock changed since it was shown: run the command again";
      throw new CommandError(EXIT.failed, change);
    }
    console.log(`The lock is free; fencing tokens continue after ${token}`);
    if (formerProtocol !== undefined) {
      console.log(
        `It uses the protocol ${store.protocol} now: start no candidate with another one`,
      );
    }
    return EXIT.ok;
  },
});

/** How many revisions to search for a fencing token: if the record has one, and if it has none. */
const REVISIONS = { additional: 10, instead: 100 };

interface Target {
  readonly store: Store;
  readonly found: Found;
  /** The protocol that the record names, if it is not the store's. */
  readonly formerProtocol: string | undefined;
}

/** Whether there is no holder, and nothing else to change. */
function isFree({ found, formerProtocol }: Target, token: number | undefined): boolean {
  const isHeld = found.kind === "garbage" || found.kind === "deleted" ||
    (found.record?.holderIdentity ?? "") !== "";
  const isRaised = token !== undefined && token > (found.token ?? -1);
  return !isHeld && !isRaised && formerProtocol === undefined;
}

/**
 * Opens the store by the protocol that the user chose, or else by that of the record: candidates with another one
 * refuse the record, and could no longer lead.
 */
async function findTarget(values: ReleaseValues): Promise<Target> {
  const target = await openTarget(values);
  const { formerProtocol: protocol } = target;
  const isChosen = values.lock !== undefined || values.protocol !== undefined;
  if (protocol === undefined || protocol === MOVED || isChosen) return target;
  if (protocol === "git" || protocol === "rest") {
    return await openTarget(withChanges(values, { protocol }));
  }
  throw new CommandError(
    EXIT.data,
    `The record uses the unknown protocol "${escapeText(protocol, 20)}": to take the lock ` +
      "over, stop every candidate and add --protocol git or --protocol rest",
  );
}

async function openTarget(values: ReleaseValues): Promise<Target> {
  const store = openStore(values, network(values));
  const found = await inspectStored(store, values);
  refuseMoved(found, values.token, store.describe());
  const stored = found.record?.protocol;
  return { store, found, formerProtocol: stored === store.protocol ? undefined : stored };
}

async function inspectStored(store: Store, values: ReleaseValues): Promise<Found> {
  return await inspect(store, async () => {
    const [newest] = await readRevisions(values, 1, network(values));
    if (newest) return newest.version;
    throw new LockUnavailableError(`Cannot read ${store.describe()}: it has no revision`);
  });
}

function network(values: ReleaseValues) {
  return { requestTimeout: values["request-timeout"] };
}

/** The highest token in the stored content and in the revisions before it. */
async function findToken(
  { store, found }: Target,
  values: ReleaseValues,
): Promise<number | undefined> {
  // By git, a gist keeps one revision; a bucket keeps one object.
  if (values.lock !== undefined) return found.token;
  if (found.token !== undefined && store.protocol === "git") return found.token;
  const limit = found.token === undefined ? REVISIONS.instead : REVISIONS.additional;
  try {
    const revisions = await readRevisions(values, limit, network(values));
    return highestToken([...revisions.map(({ content }) => content), found.snapshot.content]);
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return found.token;
  }
}

/** The token that the record keeps; the next term has a higher one. */
function chooseToken(found: number | undefined, chosen: number | undefined, lock: string): number {
  const token = chosen ?? found;
  if (token === undefined) {
    throw new CommandError(
      EXIT.data,
      `No fencing token found in ${lock}: add --token N, where N is at least the highest token of any term`,
    );
  }
  if (found !== undefined && token < found) {
    throw usageError(
      `--token must be at least ${found}, the highest token that was found, got ${token}`,
    );
  }
  return token;
}

function describe({ found, store, formerProtocol }: Target): string[] {
  const lines = describeFound(found);
  if (found.kind === "none" && store.protocol === "bucket") return [...lines, NO_OBJECT];
  if (formerProtocol === undefined) return lines;
  const change = formerProtocol === MOVED
    ? "It has moved to another store; the release brings it back, with the protocol"
    : `Its candidates use the protocol ${
      escapeText(formerProtocol, 20)
    }; the release changes it to`;
  return [...lines, `${change} ${store.protocol}`];
}

function describeFound({ kind, record, token, fault }: Found): string[] {
  if (record && record.holderIdentity !== "") {
    const now = systemClock.wall();
    const leadership = leadershipOf(record, now - (record.renewTime ?? now));
    return describeLeadership(leadership, now, stylesOfStdout());
  }
  if (kind === "none" || kind === "record") return ["The lock has no holder"];
  return [fault ?? "", ...(token === undefined ? [] : [`It contains the fencing token ${token}`])];
}

function isConfirmed(): boolean {
  if (!Deno.stdin.isTerminal()) {
    throw usageError("No terminal to ask for a confirmation: add --yes");
  }
  return confirm("Release the lock, although its holder may still be at work?");
}
