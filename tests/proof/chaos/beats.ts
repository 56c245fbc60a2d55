/** How often a command says that it is alive, in milliseconds. */
export const BEAT_PERIOD = 30;

/**
 * The command that candidates run, for `sh -c`: it and a child of its say again and again, until they are killed, that they
 * are alive, with the machine's monotonic clock. `$0` is the candidate's name, `$1` the log, `$2` is "stubborn" where it
 * ignores TERM.
 */
const SCRIPT = `
[ "$2" = stubborn ] && trap '' TERM
beat() {
  while :; do
    read -r up rest < /proc/uptime
    echo "$LEADER_TOKEN $0 $$ $up" >> "$1"
    sleep ${BEAT_PERIOD / 1_000}
  done
}
beat "$@" &
beat "$@"`;

/** The command of a candidate. */
export function beatingCommand(name: string, log: string, isStubborn: boolean): string[] {
  return ["sh", "-c", SCRIPT, name, log, isStubborn ? "stubborn" : "polite"];
}

/** The life of a term's command, as it told it itself. Times are the machine's, in milliseconds. */
export interface Span {
  /** The fencing token that it was given. */
  readonly token: number;
  /** Whose command it was. */
  readonly name: string;
  /** Its process. */
  readonly pid: number;
  /** Its first sign of life. */
  readonly first: number;
  /** Its last sign of life. */
  readonly last: number;
}

/** The log that all commands write to, read as it grows. */
export class BeatLog implements Disposable {
  readonly path: string = Deno.makeTempFileSync({ prefix: "elector-chaos-" });
  readonly #file = Deno.openSync(this.path, { read: true });
  readonly #spans = new Map<string, Span>();
  readonly #decoder = new TextDecoder();
  #rest = "";
  #latest: Span | undefined;

  /** What was told so far, one for each command, by first sign of life. */
  read(): Span[] {
    const buffer = new Uint8Array(65_536);
    for (let read = this.#file.readSync(buffer); read; read = this.#file.readSync(buffer)) {
      const lines = (this.#rest + this.#decoder.decode(buffer.subarray(0, read))).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) this.#add(line);
    }
    return [...this.#spans.values()].sort((one, other) => one.first - other.first);
  }

  /** The command that spoke last. */
  get latest(): Span | undefined {
    this.read();
    return this.#latest;
  }

  [Symbol.dispose](): void {
    this.#file.close();
    Deno.removeSync(this.path);
  }

  #add(line: string): void {
    const [token = "", name = "", pid = "", uptime = ""] = line.split(" ");
    const at = Math.round(Number(uptime) * 1_000);
    const key = `${token} ${name} ${pid}`;
    const { first = at, last = at } = this.#spans.get(key) ?? {};
    this.#latest = {
      token: Number(token),
      name,
      pid: Number(pid),
      first: Math.min(first, at),
      last: Math.max(last, at),
    };
    this.#spans.set(key, this.#latest);
  }
}

/** The clock of the commands, for this process: the machine's uptime in milliseconds. */
export async function uptimeClock(): Promise<() => number> {
  const before = performance.now();
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/uptime"] }).output();
  const offset = 1_000 * Number(new TextDecoder().decode(stdout).split(" ")[0]) - before;
  return () => performance.now() + offset;
}
