import process from "node:process";
import type { Clock } from "../lock/mod.ts";

/** How often it is looked whether a group is gone, in milliseconds. */
const LOOK_PERIOD_MS = 20;

/** How long after KILL a group is waited for, in milliseconds. It is gone by then, though perhaps not yet reaped. */
export const REAP_MS = 250;

/** The processes of a command: the group that it leads, which its children belong to unless they leave it. */
export interface ProcessGroup {
  /** Sends a signal to every process of the group. Does nothing where the group is gone. */
  signal(signal: Deno.Signal): void;
  /** Whether the group has a process; one that is dead, and not reaped, counts. */
  exists(): boolean;
}

/**
 * The group that a process leads. Needs the permission to run commands. What runs as another user, and may not be
 * signalled, is left alone.
 */
export function processGroup(pid: number): ProcessGroup {
  // -1 would be every process, and -0 this one's own group.
  if (!Number.isSafeInteger(pid) || pid <= 1) {
    throw new RangeError(`Cannot signal a process group as its id must be above 1: it is ${pid}`);
  }
  return {
    signal(signal) {
      try {
        Deno.kill(-pid, signal);
      } catch (error) {
        if (!isOutOfReach(error)) throw error;
      }
    },
    exists() {
      try {
        return process.kill(-pid, 0);
      } catch (error) {
        if (!isOutOfReach(error)) throw error;
        return false;
      }
    },
  };
}

function isOutOfReach(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound) return true;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ESRCH" || code === "EPERM" ||
    (error instanceof Deno.errors.PermissionDenied && !(error instanceof Deno.errors.NotCapable));
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
 */
export async function awaitEnd(group: ProcessGroup, killAt: number, clock: Clock): Promise<void> {
  while (group.exists() && clock.monotonic() < killAt) {
    await clock.sleep(Math.min(LOOK_PERIOD_MS, killAt - clock.monotonic()));
  }
  if (!group.exists()) return;
  group.signal("SIGKILL");
  const giveUpAt = clock.monotonic() + REAP_MS;
  while (group.exists() && clock.monotonic() < giveUpAt) await clock.sleep(LOOK_PERIOD_MS);
}
