import { untilAnswers } from "./programs.ts";

/** A server of npm's, as a process. */
export class NodeServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(process: Deno.ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts it in a folder of its own, and waits until it answers. */
  static async start(
    program: string,
    url: string,
    args: (folder: string) => readonly string[],
  ): Promise<NodeServer> {
    const folder = await Deno.makeTempDir({ prefix: "server-" });
    const process = new Deno.Command(program, {
      args: [...args(folder)],
      cwd: folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new NodeServer(process, folder);
    try {
      const ended = process.status.then(({ code }) => {
        throw new Error(`${program} ends with code ${code} before it answers`);
      });
      await Promise.race([untilAnswers(url), ended]);
      ended.catch(() => {});
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
