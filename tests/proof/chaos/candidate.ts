import { ElectorProcess, kill, listProcesses, until } from "../../support/elector_process.ts";
import { systemFetch } from "../../../lock/system.ts";
import type { StderrKind } from "../../support/hostile_stderr.ts";
import { beatingCommand } from "./beats.ts";
import type { FaultyProxy } from "./proxy.ts";

/** What a candidate needs of the world that it lives in. */
export interface CandidateOptions {
  /** Marks all of its processes, and nobody else's, on their command lines. */
  readonly mark: string;
  /** Which of the candidates it is. */
  readonly number: number;
  /** Its way to the store. */
  readonly proxy: FaultyProxy;
  /** The log of the commands. */
  readonly log: string;
  /** The program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Options of `elector run`. */
  readonly args: readonly string[];
  /** What becomes of its stderr; asked at each start. */
  readonly stderr: () => StderrKind;
}

/** A cluster's `elector run`, started again whenever it has ended, as a supervisor would. */
export class Candidate {
  readonly proxy: FaultyProxy;
  /** The name of the run as it is now; each restart has another one. */
  name = "";
  /** Whether nothing of it is left, by the end of its output. */
  hasEnded = false;
  /** Whether one of its processes is dead or about to be: the other is not to be harmed. */
  isStruck = false;
  readonly #options: CandidateOptions;
  #generation = 0;
  #process!: ElectorProcess;
  #port = 0;
  #isUp = false;

  constructor(options: CandidateOptions) {
    this.#options = options;
    this.proxy = options.proxy;
    this.start();
  }

  /** The process that keeps its command; `undefined` where it has just ended. */
  async keeper(): Promise<number | undefined> {
    return await this.#process.keeper().catch(() => undefined);
  }

  /** The process that campaigns for it; `undefined` where it has just ended. */
  async campaigner(): Promise<number | undefined> {
    return await this.#process.campaigner().catch(() => undefined);
  }

  /** What it said on stderr, last. */
  get lastWords(): string {
    return `${this.name}: ${this.#process.stderr.slice(-8).join(" | ")}`;
  }

  /** Starts it, again. */
  start(): void {
    const { mark, number, log, env, args, stderr } = this.#options;
    this.#generation++;
    this.name = `${mark}-${number}.${this.#generation}`;
    this.#port = freePort();
    this.hasEnded = false;
    this.isStruck = false;
    this.#isUp = false;
    const own = [`--identity=${this.name}`, `--http=${this.#port}`];
    const command = beatingCommand(this.name, log, number % 2 === 0);
    const line = ["run", ...own, ...args, "--", ...command];
    const process = new ElectorProcess(line, env, { stderr: stderr() });
    this.#process = process;
    process.code.then(() => {
      if (this.#process === process) this.hasEnded = true;
    });
  }

  /** Takes none of its lines any more, or takes them again. */
  async block(): Promise<void> {
    await this.#process.block();
  }

  unblock(): void {
    this.#process.unblock();
  }

  /** Whether it has answered since it was started: one that hangs in its first lines never does. */
  async isUp(): Promise<boolean> {
    this.#isUp ||= await this.#ask("/") !== undefined;
    return this.#isUp;
  }

  /** Whether it says that it leads, on either endpoint, and with which token. */
  async claims(): Promise<number | undefined> {
    const name = this.name;
    const answers = await Promise.all([this.#ask("/leader"), this.#ask("/")]);
    const claim = answers.find((answer) => answer?.isLeader && answer.name === name);
    return claim?.token;
  }

  /** The processes of the run with this name that are left; dead ones do not count. */
  async left(name: string = this.name): Promise<number[]> {
    const all = await listProcesses();
    return all.filter(({ args, state }) => hasWord(args, name) && !state.startsWith("Z"))
      .map(({ pid }) => pid);
  }

  /** Ends it, by force if need be. */
  async end(): Promise<void> {
    this.unblock();
    const keeper = await this.keeper();
    if (!this.hasEnded && keeper !== undefined) kill(keeper, "SIGTERM");
    await until(() => this.hasEnded, () => "the end", 5_000).catch(() => {});
    for (const pid of await this.left()) kill(pid);
    await this.#process.code;
  }

  async #ask(path: string) {
    try {
      const url = `http://127.0.0.1:${this.#port}${path}`;
      const signal = AbortSignal.timeout(3_000);
      const response = await systemFetch(new Request(url, { signal }));
      const { isLeader = response.status === 200, identity, leader, token } = await response.json();
      return { isLeader, name: identity ?? leader, token: Number(token) };
    } catch {
      return undefined;
    }
  }
}

/** A name as the whole of an argument, or of an option's value. */
function hasWord(args: string, name: string): boolean {
  return args.split(/[\s=]/).includes(name);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
