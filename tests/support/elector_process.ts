import { LeaderElector } from "../../elector/mod.ts";
import { GistLock } from "../../gist/mod.ts";
import { LOCAL_TOKEN, type ServedGists, serveGists } from "../../gist/server/mod.ts";
import { parseRecord } from "../../lock/mod.ts";
import { readLines } from "../../cli/run/lines.ts";
import { STDERR_SETUPS, type StderrKind } from "./hostile_stderr.ts";
import { NO_LIMITS } from "./local_stores.ts";

/** For processes of which none loses its lease: no machine is so busy that a request or a renewal comes too late. */
export const PATIENT = {
  leaseDuration: 30_000,
  renewDeadline: 24_000,
  retryPeriod: 500,
  pollPeriod: 200,
  requestTimeout: 10_000,
};

/** For processes of which one does: short, and with room between the end of a command and the next leader. */
export const SHORT: typeof PATIENT = {
  ...PATIENT,
  leaseDuration: 4_000,
  renewDeadline: 2_000,
  requestTimeout: 1_000,
};

/** The variables that set timings, by default patient ones, and half a second of grace. */
function timingVariables(timings: Partial<typeof PATIENT> = {}): Record<string, string> {
  const all = { ...PATIENT, ...timings, grace: 500 };
  const nameOf = (option: string) => option.replaceAll(/[A-Z]/g, "_$&").toUpperCase();
  return Object.fromEntries(
    Object.entries(all).map(([option, ms]) => [`ELECTOR_${nameOf(option)}`, `${ms}ms`]),
  );
}

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;
const QUIETLY = ["--quiet", "--no-config", "--no-lock", "--no-prompt"];
const RIGHTS = ["net", "env", "read", "run", "sys=hostname"].map((right) => `--allow-${right}`);
const FILE = "leader-election.json";

/** A command that ends when it is told to, and one with a child, both of which ignore that; each prints its process group. */
export const POLITE = ["sh", "-c", "echo $$; while :; do sleep 0.1; done"];
export const STUBBORN_SCRIPT =
  "trap '' TERM INT; echo $$; sleep 1000 & while :; do sleep 0.1; done";
export const STUBBORN = ["sh", "-c", STUBBORN_SCRIPT];

/** Processes of the program that share an environment; none is left behind. */
export abstract class Processes implements AsyncDisposable {
  readonly processes: ElectorProcess[] = [];
  readonly #timings: Partial<typeof PATIENT>;

  /** @param timings What differs from {@linkcode PATIENT}. */
  constructor(timings: Partial<typeof PATIENT> = {}) {
    this.#timings = timings;
  }

  /** The variables that lead the program to the lock. */
  protected abstract access(): Record<string, string>;

  env(): Record<string, string> {
    return { ...timingVariables(this.#timings), ...this.access() };
  }

  elector(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    options: ProcessOptions = {},
  ): ElectorProcess {
    const process = new ElectorProcess(args, { ...this.env(), ...env }, options);
    this.processes.push(process);
    return process;
  }

  /** `elector run` with a script for the shell. */
  shell(
    script: string,
    options: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): ElectorProcess {
    return this.elector(["run", ...options, "--", "sh", "-c", script], env);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.processes) await process.end();
  }
}

/** A gist on this machine, and candidates as real processes. */
export class World extends Processes {
  readonly served: ServedGists = serveGists({ limits: NO_LIMITS });
  readonly gist: string = this.served.server.createGist({ [FILE]: "{}" });
  /** When the last write reached the server (monotonic, milliseconds). */
  lastWriteAt = 0;

  constructor(timings: Partial<typeof PATIENT> = {}) {
    super(timings);
    this.heal();
  }

  protected override access(): Record<string, string> {
    return {
      GIST_ID: this.gist,
      GITHUB_TOKEN: LOCAL_TOKEN,
      GITHUB_API_TOKEN: "",
      ELECTOR_API_URL: this.served.url,
      NO_COLOR: "1",
    };
  }

  /** Another candidate, in this process; resolves once it leads. Its lease outlasts the test. */
  async rival(): Promise<LeaderElector> {
    const lock = new GistLock({
      id: this.gist,
      token: LOCAL_TOKEN,
      identity: "rival",
      baseUrl: this.served.url,
      requestTimeout: PATIENT.requestTimeout,
    });
    const started = Promise.withResolvers<void>();
    const elector = new LeaderElector({
      ...PATIENT,
      lock,
      onStartedLeading: () => started.resolve(),
    });
    elector.run().catch(started.reject);
    await started.promise;
    return elector;
  }

  /** Requests reach the server no more. */
  cut(): void {
    this.served.server.intercept = () => Promise.reject(new TypeError("the network is cut"));
  }

  /** Requests reach the server again, each after so many milliseconds. */
  heal(delay = 0): void {
    this.served.server.intercept = async (request, proceed) => {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      const isWrite = request.method === "PATCH" ||
        request.url.pathname.endsWith("git-receive-pack");
      if (isWrite) this.lastWriteAt = performance.now();
      return await proceed();
    };
  }

  get holder(): string {
    return this.record.holderIdentity;
  }

  get record() {
    const [newest] = this.served.server.revisions(this.gist);
    return parseRecord(newest?.files[FILE] ?? "{}");
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.served[Symbol.asyncDispose]();
  }
}

export interface ProcessOptions {
  /** What becomes of its stderr; by default the test reads it. */
  readonly stderr?: StderrKind;
  /** Options of `deno run`, before the program. */
  readonly deno?: readonly string[];
  readonly prefix?: readonly string[];
}

/** The program as a process, with all that it printed. */
export class ElectorProcess {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  /** The exit code, once all that it and its command printed was read. */
  readonly code: Promise<number>;
  /** The exit code, though something that it started may still hold its output. */
  readonly exited: Promise<number>;
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #groups = new Set<number>();
  #isBlocked: PromiseWithResolvers<void> | undefined;

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    { stderr = "read", deno = [], prefix = [] }: ProcessOptions = {},
  ) {
    const program = [Deno.execPath(), "run", ...QUIETLY, ...RIGHTS, ...deno, MAIN, ...args];
    const { wrap, pipe } = STDERR_SETUPS[stderr];
    const [file = "", ...rest] = wrap([...prefix, ...program]);
    this.#child = new Deno.Command(file, {
      args: rest,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.pid = this.#child.pid;
    const reading = [collect(this.#child.stdout, this.stdout)];
    if (pipe === "closed") reading.push(this.#child.stderr.cancel());
    if (pipe === "read") reading.push(this.#readStderr());
    this.exited = this.#child.status.then(({ code }) => code);
    this.code = this.exited.then(async (code) => {
      await Promise.all(reading);
      if (pipe === "held") await this.#child.stderr.cancel();
      return code;
    });
  }

  /** The exit code of a process that must end, and may not. */
  async ended(): Promise<number> {
    let code: number | undefined;
    this.code.then((ended) => code = ended);
    return await until(() => code, () => `its end\n${this.stderr.join("\n")}`);
  }

  /** Waits for a line on stderr. */
  async said(pattern: RegExp): Promise<string> {
    return await until(
      () => this.stderr.find((line) => pattern.test(line)),
      () => `${pattern} in ${this.stderr.join("\n")}`,
    );
  }

  /** Sends a signal to the process that was started, and to its group, as a terminal does. */
  signal(signal: Deno.Signal): void {
    Deno.kill(-this.pid, signal);
  }

  async keeper(): Promise<number> {
    // The program that holds a terminal for it starts it as a child.
    const started = (await listProcesses()).find(({ parent, args }) =>
      parent === this.pid && args.includes(MAIN) && !args.includes(" campaigner")
    );
    return started?.pid ?? this.pid;
  }

  async campaigner(): Promise<number> {
    const all = await listProcesses();
    const parentOf = (pid: number) => all.find((process) => process.pid === pid)?.parent;
    const found = all.find(({ parent, args }) =>
      args.includes(" campaigner") && [parent, parentOf(parent)].includes(this.pid)
    );
    if (!found) throw new Error(`no campaigner: ${this.stderr.join("\n")}`);
    return found.pid;
  }

  /** The process group of its command, once it has printed its own id. */
  async group(): Promise<number> {
    const group = Number(await this.printed(/^\d+$/));
    this.#groups.add(group);
    return group;
  }

  /** Waits for a line on stdout. */
  async printed(pattern: RegExp): Promise<string> {
    return await until(
      () => this.stdout.find((line) => pattern.test(line)),
      () => `${pattern} in ${this.stdout.slice(0, 9).join("\n")}\n${this.stderr.join("\n")}`,
    );
  }

  /** Reads its stderr no more, and fills the pipe: from now on it takes no line. */
  async block(): Promise<void> {
    this.#isBlocked ??= Promise.withResolvers<void>();
    const script = `head -c 1000000 /dev/zero | tr '\\0' '\\n' | dd of=/proc/${await this
      .keeper()}/fd/2 oflag=nonblock`;
    // It ends when the pipe is full.
    await new Deno.Command("sh", { args: ["-c", script], stdout: "null", stderr: "null" }).output();
  }

  unblock(): void {
    this.#isBlocked?.resolve();
    this.#isBlocked = undefined;
  }

  async #readStderr(): Promise<void> {
    for await (const line of readLines(this.#child.stderr)) {
      await this.#isBlocked?.promise;
      if (line !== "") this.stderr.push(line);
    }
  }

  /** Ends all that is left of it. */
  async end(): Promise<void> {
    this.unblock();
    const campaigner = await this.campaigner().catch(() => undefined);
    // A command leads a group of its own, and would hold the output though its keeper is gone.
    const children = await childrenOf(this.pid);
    for (const pid of [this.pid, campaigner]) if (pid !== undefined) kill(pid);
    await this.exited;
    for (const group of [...this.#groups, ...children]) kill(-group);
    await this.code;
  }
}

/** Sends a signal to a process, or below zero to a group; one that is gone needs none. */
export function kill(pid: number, signal: Deno.Signal = "SIGKILL"): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>, lines: string[]) {
  for await (const line of readLines(stream)) lines.push(line);
}

/** Waits for something; the time-out is long, as a machine may be busy. */
export async function until<T>(
  found: () => T | undefined | false | Promise<T | undefined | false>,
  what: () => string,
  timeout = 60_000,
): Promise<T> {
  const giveUpAt = performance.now() + timeout;
  while (performance.now() < giveUpAt) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited in vain for ${what()}`);
}

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly state: string;
  readonly args: string;
}

export async function listProcesses(): Promise<ProcessLine[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-eo", "pid=,ppid=,pgid=,stat=,args="],
    env: { COLUMNS: "1000" },
  }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match) return [];
    const [pid = 0, parent = 0, group = 0] = match.slice(1, 4).map(Number);
    return [{ pid, parent, group, state: match[4] ?? "", args: match[5] ?? "" }];
  });
}

/** The processes of a group that are alive; one that is dead and waits to be reaped is not. */
export async function aliveIn(group: number): Promise<ProcessLine[]> {
  const all = await listProcesses();
  return all.filter((process) => process.group === group && !process.state.startsWith("Z"));
}

/** Waits until a group is gone, and returns when that was seen (monotonic, milliseconds). */
export async function untilGone(group: number): Promise<number> {
  return await until(
    async () => (await aliveIn(group)).length === 0 && performance.now(),
    () => `the end of group ${group}`,
  );
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await new Deno.Command("pgrep", { args: ["-P", String(pid)] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "").map(Number);
}
