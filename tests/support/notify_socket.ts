import { readLines } from "../../cli/run/lines.ts";

/** Receives datagrams, and prints a line for each: in a process of its own, as the API is unstable. */
const RECEIVER = `
const socket = Deno.listenDatagram({ transport: "unixpacket", path: Deno.args[0] });
console.log("listening");
for await (const [data] of socket) console.log(new TextDecoder().decode(data).replaceAll("\\n", " "));
`;

/** A socket such as systemd's, and the reports that came to it. */
export class NotifySocket implements AsyncDisposable {
  /** For `NOTIFY_SOCKET`. */
  readonly path: string;
  /** The reports, one each; what belongs to the barrier of `systemd-notify` is left out. */
  readonly reports: string[] = [];
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #listening = Promise.withResolvers<void>();

  static async open(): Promise<NotifySocket> {
    const socket = new NotifySocket();
    await socket.#listening.promise;
    return socket;
  }

  private constructor() {
    this.#folder = Deno.makeTempDirSync();
    this.path = `${this.#folder}/notify`;
    const code = `${this.#folder}/receiver.ts`;
    Deno.writeTextFileSync(code, RECEIVER);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-config", "--no-check", "-A", "--unstable-net"],
        ...[code, this.path],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    for await (const line of readLines(this.#child.stdout)) {
      if (line === "listening") this.#listening.resolve();
      else if (!line.startsWith("BARRIER=")) this.reports.push(line.trim());
    }
    this.#listening.reject(new Error("The receiver has ended"));
    this.#listening.promise.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#reading;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
