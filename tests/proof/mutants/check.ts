import type { Killer } from "./mutant.ts";

/** What a check found. */
export type Verdict =
  /** All is well. */
  | "passed"
  /** The check failed. */
  | "failed"
  /** The check never ended, which proves nothing. */
  | "hung"
  /** Nothing was checked: no test has that name, or the program does not even load. */
  | "broken";

/** A mutant may never end; the slowest check takes a few seconds. */
const CHECK_TIMEOUT_MS = 60_000;

/** Runs one check, and only that, on the project in a directory. */
export async function runCheck(killer: Killer, directory: string): Promise<Verdict> {
  const output = await run(argumentsOf(killer), directory);
  if (output === undefined) return "hung";
  // A bug that does not even run proves nothing.
  if (/\b(?:ReferenceError|SyntaxError)\b|is not defined/.test(output)) return "broken";
  if ("seed" in killer) return verdictOnSeed(output);
  const [, passed = "0", failed = "0"] = /(\d+) passed(?: \(.*?\))? \| (\d+) failed/.exec(output) ??
    [];
  if (Number(failed) > 0) return "failed";
  return Number(passed) > 0 ? "passed" : "broken";
}

function verdictOnSeed(output: string): Verdict {
  if (/^seed \d+, commit/m.test(output)) return "failed";
  return output.includes("no promise broken") ? "passed" : "broken";
}

function argumentsOf(killer: Killer): string[] {
  const permissions = ["--no-check", "--allow-read"];
  return "seed" in killer
    ? ["run", ...permissions, "tests/proof/full/main.ts", "--seeds=1", `--from=${killer.seed}`]
    : ["test", ...permissions, `--filter=${killer.test}`, killer.file];
}

/** What the program wrote; `undefined` where it had to be killed. */
async function run(args: readonly string[], cwd: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const options = { args: [...args], cwd, signal, env: { NO_COLOR: "1" } };
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  if (signal.aborted) return undefined;
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}
