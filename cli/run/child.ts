import { escapeText } from "../../lock/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { TOKEN_VARIABLES } from "../options/token.ts";
import type { Log } from "../output/log.ts";
import type { GrantedTerm } from "./messages.ts";
import { SUPERVISOR_VARIABLES } from "./notify.ts";
import { type ProcessGroup, processGroup } from "./process_group.ts";

export interface Ending {
  /** Its exit code, 128 + n for signal n. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: string | undefined;
}

export interface StartedCommand {
  readonly group: ProcessGroup;
  /** Resolves once the process has ended. Its children may still run. */
  readonly exited: Promise<Ending>;
}

export interface CommandEnd extends Ending {
  readonly token: number;
  /** What ended it: the command itself, the end of this program, or the end of its lease. */
  readonly cause: "itself" | "stop" | "loss";
}

/** The environment of a command, and where a failed start is logged. */
interface CommandContext {
  readonly identity: string;
  readonly lock: string;
  /** Whether it gets no credentials of a cloud, which it may need for its own work. */
  readonly stripsCredentials?: boolean;
  readonly log: Log;
}

/** The variables of this program's options: a command that runs it names its own lock. */
const OF_ELECTOR = /^ELECTOR_/;

/** The variables that clouds give credentials by. */
const OF_A_CLOUD = /^(?:AWS|AZURE|GOOGLE)_/;

/** The variables of this process without those that are only for this program, and without what else is hidden. */
export function othersOf(
  env: Readonly<Record<string, string>>,
  isHidden: (name: string) => boolean = () => false,
): Record<string, string> {
  const ours: readonly string[] = [...TOKEN_VARIABLES, ...SUPERVISOR_VARIABLES];
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !ours.includes(name) && !isHidden(name)),
  );
}

/** The environment of a command: that of this process, with its term. */
export function commandEnv(
  env: Readonly<Record<string, string>>,
  { identity, lock, stripsCredentials = false }: Omit<CommandContext, "log">,
  { token, since }: Pick<GrantedTerm, "token" | "since">,
): Record<string, string> {
  const isHidden = (name: string) =>
    OF_ELECTOR.test(name) || (stripsCredentials && OF_A_CLOUD.test(name));
  return {
    ...othersOf(env, isHidden),
    LEADER_LOCK: lock,
    LEADER_IDENTITY: identity,
    LEADER_TOKEN: String(token),
    LEADER_SINCE: new Date(since).toISOString(),
  };
}

/** Starts a program as the leader of a process group, with this process's stdout and stderr. */
export function spawnLeader(
  file: string,
  options: Pick<Deno.CommandOptions, "args" | "stdin" | "env">,
): Deno.ChildProcess {
  const streams = { stdout: "inherit", stderr: "inherit" } as const;
  return new Deno.Command(file, { ...options, ...streams, detached: true, clearEnv: true }).spawn();
}

/**
 * Starts the command of a term: without a shell, with this process's stdin, stdout and stderr, and as the leader of a process
 * group, so that its children can be ended with it.
 *
 * @returns Its exit code if it cannot be started.
 */
export function startCommand(
  [file = "", ...args]: readonly string[],
  context: CommandContext,
  term: GrantedTerm,
): StartedCommand | number {
  try {
    const env = commandEnv(Deno.env.toObject(), context, term);
    const child = spawnLeader(file, { args, stdin: "inherit", env });
    return { group: processGroup(child.pid), exited: endingOf(child.status) };
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound || !exists(file);
    const reason = isMissing ? "it was not found" : "it cannot be executed";
    context.log("unstartable", `Cannot start "${escapeText(file, 80)}": ${reason}`);
    return isMissing ? EXIT.notFound : EXIT.notExecutable;
  }
}

/** Reads how a process ended. The runtime has no names for real-time signals: it fails with the number of the signal. */
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

/** Whether a file exists: the runtime may report "denied" for a path that does not. */
function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
