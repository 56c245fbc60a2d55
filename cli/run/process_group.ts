import type { Clock } from "../../lock/mod.ts";
import { settleWithin } from "./settle.ts";

/** How often to check whether a group is gone, in milliseconds. */
const CHECK_PERIOD_MS = 20;

/** How long after KILL to wait before listing what is left of a group, in milliseconds. */
const REAP_MS = 250;

/** The longest time between two checks whether a group that is to end is dead, in milliseconds. */
const LONGEST_CHECK_PERIOD_MS = 2_000;

/** How long to kill a group again that KILL has not ended, in milliseconds. */
const STUCK_MS = 2_000;

/** The processes of a command: the group that it leads, which its children belong to unless they leave it. */
export interface ProcessGroup {
  /** The id of the group: the process id of its leader. */
  readonly id: number;
  /** Sends a signal to every process of the group that may be signalled. Never throws: `exists()` shows what is left. */
  signal(signal: Deno.Signal): void;
  /** Whether the group has a process, including one that may not be signalled, or is dead and not yet reaped. */
  exists(): boolean;
  /** Whether every process of the group is dead after KILL, and only waits to be reaped. */
  isDead(): Promise<boolean>;
  /** Whether it is seen to have dead processes only. */
  isSurelyDead(): Promise<boolean>;
}

export interface GroupSystem {
  /** Sends a signal, or, with 0, checks whether one could be sent. */
  readonly kill: (pid: number, signal: Deno.Signal | 0) => void;
  readonly members: ListMembers;
  readonly os: typeof Deno.build.os;
}

const SYSTEM: GroupSystem = {
  // The runtime accepts 0, its types do not.
  kill: (pid, signal) => Deno.kill(pid, signal as Deno.Signal),
  members: listMembers,
  os: Deno.build.os,
};

/** Returns the group that a process leads. Needs the permission to run commands. */
export function processGroup(
  pid: number,
  { kill, members, os }: GroupSystem = SYSTEM,
): ProcessGroup {
  // -1 would be every process, and -0 this one's own group.
  if (!Number.isSafeInteger(pid) || pid <= 1) {
    throw new RangeError(`The id of a process group must be above 1, got ${pid}`);
  }
  const probe = (): "gone" | "reachable" | "forbidden" => {
    try {
      kill(-pid, 0);
      return "reachable";
    } catch (error) {
      // A process that may not be signalled, since it runs as another user, exists. So may one after any other error.
      return error instanceof Deno.errors.NotFound ? "gone" : "forbidden";
    }
  };
  return {
    id: pid,
    signal(signal) {
      try {
        kill(-pid, signal);
      } catch {
        // It is gone, or may not be signalled: see `exists()`.
      }
    },
    exists: () => probe() !== "gone",
    async isDead() {
      const states = await members(pid);
      const state = probe();
      if (state === "gone") return true;
      // No state means that the processes are hidden from this user, or gone.
      if (states !== undefined && states.length > 0) return states.every(isZombie);
      // On Linux a dead process can be signalled; elsewhere that is forbidden.
      return (state === "reachable") === (os === "linux");
    },
    async isSurelyDead() {
      const states = await members(pid);
      return states !== undefined && states.length > 0 && states.every(isZombie);
    },
  };
}

function isZombie(state: string): boolean {
  return state.startsWith("Z") || state.startsWith("X");
}

/** Asks every process of a group to end. A stopped one is continued: otherwise it could not handle the signal. */
export function askToEnd(group: ProcessGroup, signal: Deno.Signal = "SIGTERM"): void {
  group.signal(signal);
  group.signal("SIGCONT");
}

/**
 * Waits until a group is gone; kills the rest of it at `killAt`, or once all of it is dead. The first process of a container has
 * to reap processes whose parent has ended; if it does not, they stay.
 *
 * @param killAt A reading of the monotonic clock, in milliseconds.
 * @returns Whether no process of it is alive. One that runs as another user may not be killed, and one that hangs in the
 * kernel does not die.
 */
export async function awaitEnd(
  group: ProcessGroup,
  killAt: number,
  clock: Clock,
): Promise<boolean> {
  const waiting = new AbortController();
  const dead = new AbortController();
  untilDead(group, clock, waiting.signal).then(() => dead.abort(), () => {});
  const isGone = await isGoneBy(killAt, group, clock, dead.signal);
  waiting.abort();
  if (isGone) return true;
  group.signal("SIGKILL");
  if (await isGoneBy(clock.monotonic() + REAP_MS, group, clock)) return true;
  const giveUpAt = clock.monotonic() + STUCK_MS;
  while (!await group.isDead()) {
    if (clock.monotonic() >= giveUpAt) return false;
    // A process may have started between two KILLs, such as a child of a child.
    group.signal("SIGKILL");
    if (await isGoneBy(clock.monotonic() + REAP_MS, group, clock)) return true;
  }
  return true;
}

async function untilDead(group: ProcessGroup, clock: Clock, signal: AbortSignal): Promise<void> {
  let pause = REAP_MS;
  do {
    await clock.sleep(pause, { signal });
    pause = Math.min(2 * pause, LONGEST_CHECK_PERIOD_MS);
    // A list that is made while a process starts another one may miss that: the next one does not.
  } while (!(await group.isSurelyDead() && await group.isSurelyDead()));
}

async function isGoneBy(
  end: number,
  group: ProcessGroup,
  clock: Clock,
  dead?: AbortSignal,
): Promise<boolean> {
  while (group.exists()) {
    const left = end - clock.monotonic();
    if (left <= 0 || dead?.aborted) return false;
    await clock.sleep(Math.min(CHECK_PERIOD_MS, left));
  }
  return true;
}

/** Lists the states of a group's processes, as `ps` names them: `Z` is dead and not reaped. `undefined` if it cannot. */
type ListMembers = (group: number) => Promise<readonly string[] | undefined>;

/** How long the system has to list them, in milliseconds. */
const LIST_MS = 1_000;

/** Lists them by the system's own programs: this one has no permission to read `/proc`. */
async function listMembers(group: number): Promise<readonly string[] | undefined> {
  const listing = Deno.build.os === "linux"
    // `ps` may be missing in a container, and differs between them.
    ? output("sh", ["-c", "cat /proc/[0-9]*/stat"]).then((text) => text && parseStats(text, group))
    : output("ps", ["-A", "-o", "pgid=", "-o", "stat="]).then((text) =>
      text && parsePs(text, group)
    );
  let states: readonly string[] | undefined;
  await settleWithin(listing.then((listed) => states = listed || undefined), LIST_MS);
  return states;
}

/** Reads Linux's `/proc/PID/stat`, one process a line: `PID (NAME) STATE PARENT GROUP …`. A name may hold anything. */
export function parseStats(text: string, group: number): string[] {
  return text.split("\n").flatMap((line) => {
    const [state = "", , pgrp] = line.slice(line.lastIndexOf(")") + 2).split(" ");
    return Number(pgrp) === group ? [state] : [];
  });
}

/** Reads lines of `GROUP STATE`. */
export function parsePs(text: string, group: number): string[] {
  return text.split("\n").flatMap((line) => {
    const [pgid = "", state = ""] = line.trim().split(/\s+/);
    return Number(pgid) === group ? [state] : [];
  });
}

/** What a program printed; `undefined` if it cannot be run. It may fail half-way: processes come and go. */
async function output(file: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(file, { args, stdin: "null", stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout);
  } catch {
    return undefined;
  }
}
