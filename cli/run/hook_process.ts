import type { RunningHook, SeenLeader } from "../candidate/change_hook.ts";
import { systemClock } from "../../lock/mod.ts";
import { endingOf, othersOf, spawnLeader } from "./child.ts";
import { askToEnd, awaitEnd, processGroup } from "./process_group.ts";

/** How long the command has from TERM to KILL, in milliseconds. */
const GRACE_MS = 1_000;

/** The environment of a hook: that of this process, with the change. */
export function hookEnv(
  env: Readonly<Record<string, string>>,
  identity: string,
  { leader, token }: SeenLeader,
): Record<string, string> {
  return {
    ...othersOf(env),
    ELECTOR_LEADER: leader ?? "",
    ELECTOR_TOKEN: token === null ? "" : `${token}`,
    ELECTOR_IDENTITY: identity,
  };
}

/** Returns what starts a command of the shell for a change of the leader, as the leader of a process group. */
export function hookStarter(
  command: string,
  identity: string,
): (seen: SeenLeader) => RunningHook {
  const isWindows = Deno.build.os === "windows";
  const [shell, flag] = isWindows ? ["cmd", "/c"] : ["sh", "-c"];
  return (seen) => {
    const env = hookEnv(Deno.env.toObject(), identity, seen);
    const child = spawnLeader(shell, { args: [flag, command], stdin: "null", env });
    return {
      exited: endingOf(child.status),
      async end() {
        // There are no process groups on Windows.
        if (isWindows) return child.kill();
        const group = processGroup(child.pid);
        askToEnd(group);
        await awaitEnd(group, systemClock.monotonic() + GRACE_MS, systemClock);
      },
    };
  };
}
