import { type Protocol, readHistory } from "../../gist/mod.ts";
import type { Store } from "../../store/mod.ts";
import { escapeText, LockError, LockUnavailableError, systemClock } from "../../lock/mod.ts";
import { UsageError } from "../command.ts";
import { configError } from "../options/timings.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import { forceRelease, type Found, highestToken, inspect } from "../candidate/forced_release.ts";
import { DEFAULT_PROTOCOL, openStore, requireGist, requireToken } from "../options/lock.ts";
import { asksForHelp, type Help, renderHelp } from "../help.ts";
import { describeLeadership, leadershipOf } from "../output/leadership.ts";
import { GIST_OPTIONS, type Values } from "../options/options.ts";
import { readOptions } from "../options/read.ts";
import { stylesOfStdout } from "../output/terminal.ts";

const OPTIONS = [...GIST_OPTIONS, "request-timeout", "force", "yes", "token"] as const;

const HELP: Help = {
  usage: "release --force [OPTIONS]",
  about:
    "Frees a lock whose holder cannot, whatever is stored. Shows whose it is, and asks first. A holder " +
    "that still runs goes on until it sees the change: for so long, two may lead. Prefer `resign`.",
  options: OPTIONS,
  examples: ["elector release --force --gist $GIST_ID"],
};

/** How many revisions are searched for a fencing token: where a record shows one, and where nothing does. */
const REVISIONS = { beside: 10, instead: 100 };

type ReleaseValues = Values<typeof OPTIONS[number]>;

/** What is stored, and the store that may replace it. */
interface Target {
  readonly store: Store;
  readonly found: Found;
  /** The protocol of the candidates that wrote the record, if it says another than the store's. */
  readonly formerProtocol: string | undefined;
}

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
  const target = await findTarget(values);
  const { store, found, formerProtocol } = target;
  for (const line of describe(target)) console.log(line);
  if (isFree(target, values.token)) return EXIT.ok;
  const token = chooseToken(await findToken(target, values), values.token, store.describe());
  if (!values.yes && !ask()) {
    console.log("Nothing was changed");
    return EXIT.failed;
  }
  const hasFreed = await forceRelease(store, {
    shown: found,
    token,
    now: systemClock.wall(),
    inspect: () => inspectStored(store, values),
  });
  if (!hasFreed) {
    throw new CommandError(
      EXIT.failed,
      "The lock changed since it was shown: run the command again",
    );
  }
  console.log(`The lock is free; fencing tokens go on after ${token}`);
  if (formerProtocol !== undefined) {
    console.log(
      `It belongs to the protocol ${store.protocol} now: start no candidate with another`,
    );
  }
  return EXIT.ok;
}

/** Whether nobody holds the lock and nothing else is to be done. */
function isFree({ found, formerProtocol }: Target, token: number | undefined): boolean {
  const isHeld = found.kind === "garbage" || found.kind === "deleted" ||
    (found.record?.holderIdentity ?? "") !== "";
  const isRaised = token !== undefined && token > (found.token ?? -1);
  return !isHeld && !isRaised && formerProtocol === undefined;
}

/**
 * The protocol is the one that was asked for; where none was, that of the record: candidates with another refuse it, and
 * nobody could lead any more.
 */
async function findTarget(values: ReleaseValues): Promise<Target> {
  const protocol = values.protocol ?? DEFAULT_PROTOCOL;
  const target = await openTarget(values, protocol);
  const { formerProtocol } = target;
  if (formerProtocol === undefined || values.protocol !== undefined) return target;
  if (formerProtocol === "git" || formerProtocol === "rest") {
    return await openTarget(values, formerProtocol);
  }
  throw new CommandError(
    EXIT.data,
    `The record belongs to the protocol "${
      escapeText(formerProtocol, 20)
    }", which is not known here: to take the ` +
      "lock over, stop every candidate and add --protocol git or --protocol rest",
  );
}

async function openTarget(values: ReleaseValues, protocol: Protocol): Promise<Target> {
  const store = openStore(values, protocol, { requestTimeout: values["request-timeout"] });
  const found = await inspectStored(store, values);
  const stored = found.record?.protocol;
  return { store, found, formerProtocol: stored === protocol ? undefined : stored };
}

async function inspectStored(store: Store, values: ReleaseValues): Promise<Found> {
  return await inspect(store, async () => {
    const [newest] = await readRevisions(values, 1);
    if (newest) return newest.version;
    throw new LockUnavailableError(`Cannot read ${store.describe()}: it has no revision`);
  });
}

/** The highest token that can be found: in what is stored, and in the revisions before it. */
async function findToken({ store, found }: Target, values: ReleaseValues) {
  // By git, a gist keeps one revision.
  if (found.token !== undefined && store.protocol === "git") return found.token;
  const limit = found.token === undefined ? REVISIONS.instead : REVISIONS.beside;
  try {
    const revisions = await readRevisions(values, limit);
    return highestToken([
      ...revisions.map(({ content }) => content),
      found.snapshot.content,
    ]);
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return found.token;
  }
}

async function readRevisions(values: ReleaseValues, limit: number) {
  const { file, "api-url": baseUrl, "request-timeout": requestTimeout } = values;
  return await readHistory({
    id: requireGist(values.gist),
    token: requireToken(values["token-file"]),
    limit,
    requestTimeout,
    ...(file !== undefined && { file }),
    ...(baseUrl !== undefined && { baseUrl }),
  }).catch((error) => {
    throw configError(error);
  });
}

/** The token that the record keeps; the next term has a higher one. */
function chooseToken(
  found: number | undefined,
  asked: number | undefined,
  where: string,
): number {
  if (asked === undefined && found === undefined) {
    throw new CommandError(
      EXIT.data,
      `No fencing token found in ${where}: add --token N, where N is no lower than any token that was handed out`,
    );
  }
  if (asked !== undefined && found !== undefined && asked < found) {
    throw new UsageError(
      `--token must be at least ${found}, the highest that was found, got ${asked}`,
    );
  }
  return asked ?? found ?? 0;
}

function describe({ found, store, formerProtocol }: Target): string[] {
  const lines = describeFound(found);
  if (formerProtocol === undefined) return lines;
  return [
    ...lines,
    `Its candidates use the protocol ${
      escapeText(formerProtocol, 20)
    }; it is about to belong to ${store.protocol}`,
  ];
}

function describeFound({ kind, record, token, fault }: Found): string[] {
  if (record && record.holderIdentity !== "") {
    const now = systemClock.wall();
    return describeLeadership(leadershipOf(record, now), now, stylesOfStdout());
  }
  if (kind === "none" || kind === "record") return ["Nobody holds the lock"];
  return [
    fault ?? "",
    ...(token === undefined ? [] : [`Fencing token ${token} can be read from it`]),
  ];
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
