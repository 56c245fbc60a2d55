import { escapeText } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import type { Ending, StartedCommand } from "./command_end.ts";
import type { Log } from "../output/log.ts";
import type { GrantedTerm } from "./messages.ts";
import { SUPERVISOR_VARIABLES } from "./notify.ts";
import { processGroup } from "./process_group.ts";
import { TOKEN_VARIABLES } from "../options/token.ts";

/** What a command is told of its term. */
export interface CommandContext {
  /** Who leads. */
  readonly identity: string;
  /** The lock. */
  readonly lock: string;
  /** Told where it cannot be started. */
  readonly log: Log;
}

/** The environment of a command: this process's own, with its term, and without what is only for this program. */
export function commandEnv(
  env: Readonly<Record<string, string>>,
  { identity, lock }: Pick<CommandContext, "identity" | "lock">,
  { token, since }: Pick<GrantedTerm, "token" | "since">,
): Record<string, string> {
  const ours: readonly string[] = [...TOKEN_VARIABLES, ...SUPERVISOR_VARIABLES];
  const own = Object.entries(env).filter(([name]) => !ours.includes(name));
  return {
    ...Object.fromEntries(own),
    LEADER_LOCK: lock,
    LEADER_IDENTITY: identity,
    LEADER_TOKEN: String(token),
    LEADER_SINCE: new Date(since).toISOString(),
  };
}

/**
 * How to start a command: without a shell, with this process's stdin, stdout and stderr, and as the leader of a process
 * group, so that its children can be ended with it.
 */
export function commandStarter(
  command: readonly string[],
  context: CommandContext,
): (term: GrantedTerm) => StartedCommand | number {
  const [file = "", ...args] = command;
  return (term) => {
    try {
      const child = new Deno.Command(file, {
        args,
        stdin: "inherit",
        stdout: "inherit",
        stderr: "inherit",
        detached: true,
        clearEnv: true,
        env: commandEnv(Deno.env.toObject(), context, term),
      }).spawn();
      return { group: processGroup(child.pid), exited: endingOf(child.status) };
    } catch (error) {
      const isMissing = error instanceof Deno.errors.NotFound || !exists(file);
      const shown = escapeText(file, 80);
      context.log(
        "unstartable",
        `Cannot start "${shown}" as it must be a program: ${
          isMissing ? "it was not found" : "it cannot be executed"
        }`,
      );
      return isMissing ? EXIT.notFound : EXIT.notExecutable;
    }
  };
}

/** How a process ended. The runtime knows no real-time signals: it fails, with the number of the signal. */
export async function endingOf(status: Promise<Deno.CommandStatus>): Promise<Ending> {
  try {
    const { code, signal } = await status;
    return { code, signal: signal ?? undefined };
  } catch (error) {
    const [, number] = /^Invalid signal: (\d+)$/.exec(String(Object(error).message)) ?? [];
    if (number === undefined) return { code: EXIT.internal, signal: undefined };
    return { code: 128 + Number(number), signal: `signal ${number}` };
  }
}

/** The runtime may call a path that leads nowhere "denied". */
function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
