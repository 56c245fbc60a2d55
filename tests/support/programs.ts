/** The root of the project. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** What a program printed, and how it ended. */
export interface Ran {
  /** Its exit code. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to stdout, then what it wrote to stderr. */
  readonly text: string;
}

/**
 * Runs a program in a folder, by default the project's, to its end; `undefined` if it is not there, or may not be run, as by the
 * checks of mutants.
 */
export async function run(
  program: string,
  args: readonly string[],
  { stdin = "", ...options }: Omit<Deno.CommandOptions, "args" | "stdin"> & { stdin?: string } = {},
): Promise<Ran | undefined> {
  try {
    const child = new Deno.Command(program, {
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      ...options,
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    // A program that reads nothing may be gone by now.
    await new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
    const { code, ...bytes } = await output;
    const [stdout = "", stderr = ""] = [bytes.stdout, bytes.stderr].map((part) =>
      new TextDecoder().decode(part)
    );
    return { code, stdout, stderr, text: stdout + stderr };
  } catch (error) {
    const { NotFound, NotCapable } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotCapable) return undefined;
    throw error;
  }
}

/** A variable; `undefined` also where none may be read. */
function variableOf(variable: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/** A folder with what `tests/ops/fetch_tools.sh` fetched; `undefined` if there is none. */
export const TOOLS: string | undefined = variableOf("OPS_TOOLS");

/**
 * Finds a program: where its variable says, in the folder of tools, or on PATH. If there is none, a warning says which tests are skipped.
 *
 * @param names Its names on PATH; its variable is the first one in capitals.
 * @param tests The tests that need it.
 * @param args What it must be able to do.
 */
export async function findProgram(
  names: string | readonly string[],
  tests: string,
  args: readonly string[] = ["--version"],
): Promise<string | undefined> {
  const all = [names].flat();
  const [name = ""] = all;
  const variable = name.toUpperCase().replaceAll("-", "_");
  const named = variableOf(variable);
  const candidates = named ? [named] : [...(TOOLS ? [`${TOOLS}/bin/${name}`] : []), ...all];
  for (const program of candidates) {
    if ((await run(program, args))?.code === 0) return program;
  }
  skipped(tests, `there is no ${name} on PATH or in ${variable}`);
  return undefined;
}

/** Says that tests are skipped, and why. */
export function skipped(tests: string, why: string): void {
  console.warn(`skipped: ${tests}, as ${why}`);
}
