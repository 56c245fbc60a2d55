import { run } from "./programs.ts";

/** What may become of a process's stderr. */
export type StderrKind =
  /** Somebody reads it. */
  | "read"
  /** A pipe that is full, and that nobody reads. */
  | "full pipe"
  /** A file on a disk that is full. */
  | "full disk"
  /** A pipe whose reader is gone. */
  | "broken pipe"
  /** It was closed before the process began. */
  | "closed"
  /** A terminal on which somebody has pressed Ctrl-S. */
  | "stopped terminal"
  /** A terminal whose other end is gone. */
  | "lost terminal";

/** How a process is started with such a stderr. */
interface StderrSetup {
  /** The command line that starts this one with it; its process id stays the same but for the terminals. */
  readonly wrap: (command: readonly string[]) => readonly string[];
  /** What is done with the pipe that the outermost program has for its stderr. */
  readonly pipe: "read" | "held" | "closed";
}

const shell = (script: string): StderrSetup => ({
  wrap: (command) => ["sh", "-c", script, "sh", ...command],
  pipe: "read",
});

/** The pseudo-terminal's other end is held, or let go, by this program, which ends with the code of what it started. */
const TERMINAL = `
import os, pty, signal, subprocess, sys, time
ours, theirs = pty.openpty()
if sys.argv[1] == "stopped":
    os.write(ours, b"\\x13")
    time.sleep(0.05)
child = subprocess.Popen(sys.argv[2:], stderr=theirs)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
os.close(theirs)
if sys.argv[1] == "lost":
    os.close(ours)
code = child.wait()
sys.exit(code if code >= 0 else 128 - code)
`;

const terminal = (state: "stopped" | "lost"): StderrSetup => ({
  wrap: (command) => ["python3", "-c", TERMINAL, state, ...command],
  pipe: "read",
});

/** How to start a process with each kind of stderr. */
export const STDERR_SETUPS: Readonly<Record<StderrKind, StderrSetup>> = {
  "read": { wrap: (command) => command, pipe: "read" },
  // A pipe takes 64 KiB.
  "full pipe": { ...shell('head -c 65536 /dev/zero >&2; exec "$@"'), pipe: "held" },
  "full disk": shell('exec "$@" 2>/dev/full'),
  "broken pipe": { wrap: (command) => command, pipe: "closed" },
  "closed": shell('exec "$@" 2>&-'),
  "stopped terminal": terminal("stopped"),
  "lost terminal": terminal("lost"),
};

/** Whether this machine can make pseudo-terminals. */
const HAS_TERMINALS = (await run("python3", ["-c", "import pty"]))?.code === 0;

/** Every stderr that takes no line, or that nobody reads. */
export const HOSTILE_KINDS: readonly StderrKind[] = (Object.keys(STDERR_SETUPS) as StderrKind[])
  .filter((kind) => kind !== "read");

/** Whether this machine has no such stderr. */
export function isMissing(stderr: StderrKind): boolean {
  if (stderr === "read") return false;
  return Deno.build.os !== "linux" || (stderr.endsWith("terminal") && !HAS_TERMINALS);
}
