import { escapeText, systemClock } from "../../lock/mod.ts";
import type { CandidateConfig } from "./candidate.ts";
import { type DemoEvent, type DemoSignal, parseCandidateLine } from "./events.ts";
import { readLines } from "../run/lines.ts";
import { thisProgram } from "../run/self.ts";

/** One candidate of the demo: this program once more, as a process of its own. */
export class CandidateProcess {
  /** The candidate. */
  readonly region: string;
  /** Resolves once the process has ended, all that it printed has been read, and its `exited` event has been told. */
  readonly exited: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #tell: (event: DemoEvent) => void;
  #isRunning = true;
  #told: DemoSignal | undefined;

  /** Starts the process. */
  constructor(config: CandidateConfig, tell: (event: DemoEvent) => void) {
    this.region = config.region;
    this.#tell = tell;
    const { command, args } = thisProgram([`--allow-net=${new URL(config.baseUrl).host}`]);
    this.#child = new Deno.Command(command, {
      args: [...args, "demo-candidate"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.exited = this.#follow(config);
  }

  /** Whether the process has not ended yet. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** The last signal that was sent to it. */
  get told(): DemoSignal | undefined {
    return this.#told;
  }

  /** Sends a signal, unless the process has ended. */
  signal(signal: DemoSignal): void {
    if (!this.#isRunning) return;
    this.#told = signal;
    // Noted before it is sent: nothing that follows from it may seem to come first.
    this.#tell({ type: "signalled", region: this.region, at: systemClock.wall(), signal });
    this.#child.kill(signal);
  }

  async #follow(config: CandidateConfig): Promise<Deno.CommandStatus> {
    const { stdin, stdout, stderr } = this.#child;
    const output = [this.#readRecords(stdout), this.#readTrouble(stderr)];
    // It stays open: its end tells the candidate that the demo is gone.
    const writer = stdin.getWriter();
    const line = new TextEncoder().encode(`${JSON.stringify(config)}\n`);
    await writer.write(line).catch(() => {});
    const status = await this.#child.status;
    this.#isRunning = false;
    await Promise.all(output);
    await writer.close().catch(() => {});
    const how = status.signal ?? `exit code ${status.code}`;
    this.#tell({ type: "exited", region: this.region, at: systemClock.wall(), how });
    return status;
  }

  async #readRecords(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of readLines(stdout)) {
      this.#tell({ region: this.region, ...parseCandidateLine(line, systemClock.wall()) });
    }
  }

  async #readTrouble(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of readLines(stderr)) {
      const message = escapeText(line);
      this.#tell({ type: "trouble", region: this.region, at: systemClock.wall(), message });
    }
  }
}
