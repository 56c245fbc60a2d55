import assert from "node:assert/strict";
import { readLines } from "../../cli/run/lines.ts";
import { run } from "../support/programs.ts";

/** How long each step may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** How long a lease is: short, so that this does not take long. */
const TIMINGS = {
  ELECTOR_LEASE_DURATION: "6s",
  ELECTOR_RENEW_DEADLINE: "4s",
  ELECTOR_RETRY_PERIOD: "1s",
  ELECTOR_POLL_PERIOD: "500ms",
  ELECTOR_REQUEST_TIMEOUT: "1s",
};

const PLAIN = { NO_COLOR: "1" };

/** The program that is tested: a binary, or Deno with the program's source. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Lets a program elect a leader on this machine, as a user would: two candidates on a gist server, the first steps down, the
 * second takes over; and a command runs while its candidate leads, or is refused on Windows.
 *
 * @param say Told of each step.
 * @throws {Error} If a step goes wrong.
 */
export async function shortElection(
  program: Program,
  version: string,
  say: (step: string) => void,
): Promise<void> {
  const printed = await output(program, ["--version"]);
  assert.match(printed.stdout, new RegExp(`^elector ${version.replaceAll(".", "\\.")}\\b`));
  say(`prints its version: ${printed.stdout.trim()}`);

  await using server = new Running(program, ["gist-server", "--port=0", "--json"]);
  const env = { ...JSON.parse(await server.line(/^\{/)), ...TIMINGS };
  await using first = new Running(program, ["serve", "--http=0", "--identity=first"], env);
  const firstUrl = await first.url();
  await leads(firstUrl);
  await using second = new Running(program, ["serve", "--http=0", "--identity=second"], env);
  const secondUrl = await second.url();
  const { token } = await leads(firstUrl);
  say("elects a leader");

  const resigned = await output(program, ["resign", `--http=${new URL(firstUrl).host}`], env);
  assert.equal(resigned.code, 0, resigned.stderr);
  const after = await leads(secondUrl);
  assert.ok(after.token > token, `the token must rise, got ${token} and then ${after.token}`);
  assert.equal((await fetch(`${firstUrl}/leader`).then(discarded)).status, 503);
  say("hands over, with a higher token");

  await using other = new Running(program, ["gist-server", "--port=0", "--json"]);
  const otherEnv = { ...JSON.parse(await other.line(/^\{/)), ...TIMINGS };
  const command = [program.command, ...program.args, "--version"];
  const ran = await output(program, ["run", "--identity=third", "--", ...command], otherEnv);
  if (Deno.build.os === "windows") {
    assert.equal(ran.code, 78, ran.stderr);
    say("refuses to run a command on Windows");
  } else {
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok(ran.stdout.includes(printed.stdout.trim()), ran.stdout);
    say("runs a command while it leads");
  }
}

async function leads(url: string): Promise<{ readonly token: number }> {
  return await until(async () => {
    const response = await fetch(`${url}/leader`);
    if (response.ok) return await response.json();
    await discarded(response);
  }, `a leader at ${url}`);
}

async function discarded(response: Response): Promise<Response> {
  await response.body?.cancel();
  return response;
}

async function until<T>(
  found: () => Promise<T | undefined> | T | undefined,
  what: string,
): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    const value = await found();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain for ${what}`);
}

async function output(program: Program, args: readonly string[], env = {}) {
  const ran = await run(program.command, [...program.args, ...args], { env: { ...PLAIN, ...env } });
  return ran ?? assert.fail(`There must be a program ${program.command}, got none`);
}

/** A process that goes on until it is disposed of, with all the lines that it prints. */
class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #reading: Promise<unknown>;

  constructor(
    program: Program,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#child = new Deno.Command(program.command, {
      args: [...program.args, ...args],
      env: { ...PLAIN, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)]);
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of readLines(stream)) this.#lines.push(line);
  }

  async line(pattern: RegExp): Promise<string> {
    const found = () => this.#lines.find((line) => pattern.test(line));
    return await until(found, `${pattern}, got:\n${this.#lines.join("\n")}`);
  }

  async url(): Promise<string> {
    return /http:\/\/[\d.:]+/.exec(await this.line(/http:\/\//))?.[0] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#reading;
  }
}
