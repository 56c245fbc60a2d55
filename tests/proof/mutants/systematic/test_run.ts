import { kill } from "../../../support/elector_process.ts";
import { TEST_PERMISSIONS } from "./targets.ts";

const SKIP = new URL("./skip.ts", import.meta.url).href;

/** How long the output of tests that have ended is waited for, in milliseconds. */
const LINGER_MS = 1_000;

/** How often it is looked whether a run takes too long, in milliseconds. */
const LOOK_MS = 250;

/** What the tests said. */
export type Verdict =
  /** All passed. */
  | "passed"
  /** One failed. */
  | "failed"
  /** They did not end in time, or the runtime itself died, of memory as a rule. */
  | "hung"
  /** The program cannot be loaded. */
  | "invalid"
  /** No test ran. */
  | "empty";

/** A run of tests. */
export interface TestRun {
  readonly verdict: Verdict;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** The longest time without any output, in milliseconds. */
  readonly silence: number;
  /** The test that did not end, where that can be seen. */
  readonly hungIn: string | undefined;
  readonly output: string;
}

/** When a run is given up. */
export type Limits = Pick<TestRun, "ms" | "silence">;

/** What is asked of a run of tests. */
export interface TestRequest {
  /** A copy of the project. */
  readonly directory: string;
  readonly files: readonly string[];
  /** How long it may take, and how long be silent, in milliseconds. */
  readonly limits: Limits;
  /** Tests that are left out. */
  readonly except?: readonly string[];
}

/** The groups of the tests that run. */
const running = new Set<number>();

/** Ends all tests at once: for a program that is told to end. Nothing else would, as they are groups of their own. */
export function endTests(): void {
  for (const pid of running) kill(-pid);
}

/** Runs tests until one fails, in a process group of their own, of which nothing is left afterwards. */
export async function runTests(request: TestRequest): Promise<TestRun> {
  const { directory, files, limits, except = [] } = request;
  const begun = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--no-check", "--fail-fast", "--quiet", "--v8-flags=--max-old-space-size=1024"],
      ...TEST_PERMISSIONS,
      `--preload=${SKIP}`,
      ...files,
    ],
    cwd: directory,
    env: { NO_COLOR: "1", SKIPPED_TESTS: JSON.stringify(except) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  running.add(child.pid);
  const watch = watchOutput(child, limits);
  const { code, signal } = await child.status;
  kill(-child.pid);
  running.delete(child.pid);
  const { output, silence, isOverdue } = await watch.end();
  const verdict = isOverdue || signal !== null ? "hung" : judge(output, code);
  return {
    verdict,
    ms: performance.now() - begun,
    silence,
    hungIn: verdict === "hung" ? unfinishedTest(output) : undefined,
    output,
  };
}

/** Whether the types of a file are right: where they are not, the gate refuses a change, whatever its tests say. */
export async function isTyped(directory: string, file: string): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", file],
    cwd: directory,
    stderr: "null",
  });
  return (await command.output()).success;
}

/** What a run that came to its end says. */
export function judge(output: string, code: number): Verdict {
  const summary = /(\d+) passed(?: \(.*?\))? \| (\d+) failed/.exec(output);
  if (code >= 128) return "hung";
  if (!summary) return /SyntaxError|could not be parsed/.test(output) ? "invalid" : "failed";
  if (code !== 0) return "failed";
  return Number(summary[1]) > 0 ? "passed" : "empty";
}

/** The test that had begun and not ended. */
export function unfinishedTest(output: string): string | undefined {
  const begun = output.split("\n").filter((line) => /^\S.* \.\.\./.test(line));
  const last = begun.at(-1);
  const isOver = last === undefined || / \.\.\. (?:ok|FAILED|ignored)\b/.test(last);
  return isOver ? undefined : last.replace(/ \.\.\..*$/, "");
}

/** Reads what a process writes, and ends its group when it takes too long or has been silent for too long. */
function watchOutput(child: Deno.ChildProcess, limits: Limits) {
  const begun = performance.now();
  let heardAt = begun;
  let silence = 0;
  let isOverdue = false;
  const texts = ["", ""];
  const readers = [child.stdout, child.stderr].map((stream) =>
    stream.pipeThrough(new TextDecoderStream()).getReader()
  );
  const whole = Promise.all(readers.map(async (reader, index) => {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      texts[index] += read.value;
      silence = Math.max(silence, performance.now() - heardAt);
      heardAt = performance.now();
    }
  }));
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - begun < limits.ms && now - heardAt < limits.silence) return;
    isOverdue = true;
    kill(-child.pid);
  }, LOOK_MS);
  return {
    /** A program that the process started may hold its output open for longer than it lives. */
    async end() {
      clearInterval(timer);
      const linger = setTimeout(() => readers.forEach((reader) => reader.cancel()), LINGER_MS);
      await whole;
      clearTimeout(linger);
      return { output: texts.join(""), silence, isOverdue };
    },
  };
}
