import type { Clock } from "../../lock/mod.ts";
import { type ListMembers, listMembers } from "./group_members.ts";

/** How often it is looked whether a group is gone, in milliseconds. */
const LOOK_PERIOD_MS = 20;

/** How long after KILL a group is waited for before it is asked what is left, in milliseconds. */
export const REAP_MS = 250;

/** For how long a group that KILL has not ended is killed again, in milliseconds. */
export const STUCK_MS = 2_000;

/** The processes of a command: the group that it leads, which its children belong to unless they leave it. */
export interface ProcessGroup {
  /** The id of the group, which is that of the process that leads it. */
  readonly id: number;
  /**
   * Sends a signal to every process of the group that may be signalled. Never throws: what could not be signalled is seen to
   * exist.
   */
  signal(signal: Deno.Signal): void;
  /** Whether the group has a process: also one that may not be signalled, or is dead and not yet reaped. */
  exists(): boolean;
  /** Whether all that exists of the group is dead, and only waits to be reaped. */
  isDead(): Promise<boolean>;
}

/** What a {@linkcode processGroup} needs of the system. */
export interface GroupSystem {
  /** Sends a signal, or, with 0, asks whether it could be sent. */
  readonly kill: (pid: number, signal: Deno.Signal | 0) => void;
  /** The states of the group's processes; `undefined` where they cannot be told. */
  readonly members: ListMembers;
  /** The operating system. */
  readonly os: typeof Deno.build.os;
}

const SYSTEM: GroupSystem = {
  // The runtime takes 0, its types do not know it.
  kill: (pid, signal) => Deno.kill(pid, signal as Deno.Signal),
  members: listMembers,
  os: Deno.build.os,
};

/** The group that a process leads. Needs the permission to run commands. */
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
      // What may not be signalled, as it runs as another user, exists. Any other doubt is one, too.
      return error instanceof Deno.errors.NotFound ? "gone" : "forbidden";
    }
  };
  return {
    id: pid,
    signal(signal) {
      try {
        kill(-pid, signal);
      } catch {
        // It is gone, or it may not be signalled: `exists()` tells.
      }
    },
    exists: () => probe() !== "gone",
    async isDead() {
      const states = await members(pid);
      const state = probe();
      if (state === "gone") return true;
      // A process that is hidden from this user says nothing about the others.
      if (states !== undefined && states.length > 0) return states.every(isZombie);
      // Linux signals the dead; elsewhere they count as forbidden.
      return (state === "reachable") === (os === "linux");
    },
  };
}

function isZombie(state: string): boolean {
  return state.startsWith("Z") || state.startsWith("X");
}

/** Asks every process of a group to end. A stopped one is continued, as it could not heed the signal otherwise. */
export function askToEnd(group: ProcessGroup, signal: Deno.Signal = "SIGTERM"): void {
  group.signal(signal);
  group.signal("SIGCONT");
}

/**
 * Waits until a group is gone; kills what is left of it at `killAt`.
 *
 * @param killAt A reading of the monotonic clock, in milliseconds.
 * @returns Whether nothing of it is alive. What runs as another user may not be killed, and what hangs in the kernel does not
 * die.
 */
export async function awaitEnd(
  group: ProcessGroup,
  killAt: number,
  clock: Clock,
): Promise<boolean> {
  if (await isGoneBy(killAt, group, clock)) return true;
  group.signal("SIGKILL");
  if (await isGoneBy(clock.monotonic() + REAP_MS, group, clock)) return true;
  const giveUpAt = clock.monotonic() + STUCK_MS;
  while (!await group.isDead()) {
    if (clock.monotonic() >= giveUpAt) return false;
    // What came into being between two KILLs, such as a child of a child, is ended, too.
    group.signal("SIGKILL");
    if (await isGoneBy(clock.monotonic() + REAP_MS, group, clock)) return true;
  }
  return true;
}

async function isGoneBy(end: number, group: ProcessGroup, clock: Clock): Promise<boolean> {
  while (group.exists()) {
    const left = end - clock.monotonic();
    if (left <= 0) return false;
    await clock.sleep(Math.min(LOOK_PERIOD_MS, left));
  }
  return true;
}
