import { readLines } from "../../cli/run/lines.ts";
import type { GistLockOptions } from "../../gist/mod.ts";
import { run, skipped } from "./programs.ts";

/** A runtime that can run this project's sources. */
export interface RuntimeCommand {
  readonly name: string;
  readonly command: string;
  /** What precedes the program. */
  readonly args: readonly string[];
}

export const DENO: RuntimeCommand = {
  name: "Deno",
  command: Deno.execPath(),
  args: [
    "run",
    "--no-config",
    "--no-lock",
    "--no-check",
    "--no-prompt",
    "--allow-net",
    "--allow-env",
  ],
};

export const NODE: RuntimeCommand = {
  name: "Node",
  command: "npx",
  args: ["-y", "node@22", "--no-warnings", "--experimental-transform-types"],
};

/** Whether Node can be had; a test that needs it is ignored where it is not, and says so by that. */
export async function hasNode(): Promise<boolean> {
  const has = (await run(NODE.command, [...NODE.args, "--version"]))?.code === 0;
  if (!has) skipped("the tests with Node", "node@22 cannot be had");
  return has;
}

/** `reader.ts` as a process. */
export class Reader implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: AsyncIterator<string>;

  constructor(
    { command, args }: RuntimeCommand,
    options: Partial<GistLockOptions>,
    env: Record<string, string>,
  ) {
    this.#child = new Deno.Command(command, {
      args: [...args, new URL("reader.ts", import.meta.url).pathname],
      env: { ...env, LOCK_OPTIONS: JSON.stringify({ identity: "reader", ...options }) },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = readLines(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** Reads the lock so many times at once; what each came to. */
  async read(count = 1): Promise<string[]> {
    await this.#input.write(new TextEncoder().encode(`${count}\n`));
    const results: string[] = [];
    while (results.length < count) results.push((await this.#output.next()).value ?? "ended");
    return results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    while (!(await this.#output.next()).done);
    await this.#child.status;
  }
}
