import { escapeText, systemClock } from "../../lock/mod.ts";
import { readLines } from "../run/lines.ts";
import { spawnSelf } from "../run/self.ts";
import type { CandidateConfig } from "./candidate.ts";
import {
  type CandidateRecord,
  type DemoEvent,
  type DemoSignal,
  parseCandidateLine,
} from "./events.ts";

/** One candidate of the demo, in a process of its own. */
export class CandidateProcess {
  readonly region: string;
  isRunning = true;
  sent: DemoSignal | undefined;
  /** Resolves once the process has ended, its output was read, and its `exited` event was emitted. */
  readonly exited: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #emit: (event: DemoEvent) => void;

  constructor(config: CandidateConfig, emit: (event: DemoEvent) => void) {
    this.region = config.region;
    this.#emit = emit;
    const permissions = [`--allow-net=${new URL(config.lock.baseUrl).host}`];
    const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#child = spawnSelf(permissions, ["demo-candidate"], streams);
    this.exited = this.#follow(config);
  }

  signal(signal: DemoSignal): void {
    if (!this.isRunning) return;
    this.sent = signal;
    // Recorded before it is sent, so that its effects come later.
    this.#emit({ type: "signalled", region: this.region, at: systemClock.wall(), signal });
    this.#child.kill(signal);
  }

  async #follow(config: CandidateConfig): Promise<Deno.CommandStatus> {
    const { stdin, stdout, stderr } = this.#child;
    const output = [
      this.#read(stdout, parseCandidateLine),
      this.#read(stderr, (line, at) => ({ type: "failed", at, message: escapeText(line) })),
    ];
    // It stays open: its end shows the candidate that the demo is gone.
    const writer = stdin.getWriter();
    const line = new TextEncoder().encode(`${JSON.stringify(config)}\n`);
    await writer.write(line).catch(() => {});
    const status = await this.#child.status;
    this.isRunning = false;
    await Promise.all(output);
    await writer.close().catch(() => {});
    const how = status.signal ?? `exit code ${status.code}`;
    this.#emit({ type: "exited", region: this.region, at: systemClock.wall(), how });
    return status;
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    parse: (line: string, at: number) => CandidateRecord,
  ): Promise<void> {
    for await (const line of readLines(stream)) {
      this.#emit({ region: this.region, ...parse(line, systemClock.wall()) });
    }
  }
}
