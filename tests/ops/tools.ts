/** The root of the project. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** What a program printed, and how it ended. */
export interface Ran {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to stdout and stderr. */
  readonly text: string;
}

/** Runs a program in a folder; `undefined` if it is not there. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: URL | string = ROOT,
): Promise<Ran | undefined> {
  try {
    const output = await new Deno.Command(program, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    return {
      code: output.code,
      text: decoder.decode(output.stdout) + decoder.decode(output.stderr),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A folder with what `tests/ops/fetch_tools.sh` fetched; `undefined` if there is none. */
export const TOOLS: string | undefined = Deno.env.get("OPS_TOOLS");

/**
 * Finds a program: where its variable says, in the folder of tools, or on PATH. If there is none, a warning says which tests are skipped.
 *
 * @param name Its name on PATH; its variable is the same in capitals.
 * @param tests The tests that need it.
 */
export async function findProgram(name: string, tests: string): Promise<string | undefined> {
  const variable = name.toUpperCase().replaceAll("-", "_");
  const named = Deno.env.get(variable);
  const candidates = named ? [named] : [...(TOOLS ? [`${TOOLS}/bin/${name}`] : []), name];
  for (const program of candidates) {
    if (await run(program, ["--version"])) return program;
  }
  skipped(tests, `there is no ${name} on PATH or in ${variable}`);
  return undefined;
}

/** Says that tests are skipped, and why. */
export function skipped(tests: string, why: string): void {
  console.warn(`skipped: ${tests}, as ${why}`);
}

/** Reads a file of the project. */
export async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

/** Whether there is such a file. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
