/** How to start this very program again. */
export interface Self {
  /** The file to execute. */
  readonly command: string;
  /** What comes before the arguments of the program itself. */
  readonly args: readonly string[];
}

/**
 * How to start this very program again, as another process: a compiled binary starts itself, with the permissions that
 * were compiled in; otherwise the Deno that runs it starts the program's source.
 *
 * @param permissions The permissions for the new process, as flags for `deno run`. Nothing else is granted, or asked for.
 */
export function thisProgram(permissions: readonly string[]): Self {
  if (Deno.build.standalone) return { command: Deno.execPath(), args: [] };
  return {
    command: Deno.execPath(),
    // Without a config file, as the program may run in a folder that holds somebody else's.
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      ...permissions,
      import.meta.resolve("../main.ts"),
    ],
  };
}
