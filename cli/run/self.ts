/** A command line that starts this program again. */
export interface Self {
  /** The file to execute. */
  readonly command: string;
  /** The arguments before those of the program itself. */
  readonly args: readonly string[];
}

/**
 * Returns the command line that starts this program as another process: a compiled binary starts itself, with the
 * permissions that were compiled in; otherwise Deno runs the program's source.
 *
 * @param permissions The only permissions of the new process, as flags for `deno run`.
 */
export function thisProgram(permissions: readonly string[]): Self {
  if (Deno.build.standalone) return { command: Deno.execPath(), args: [] };
  return {
    command: Deno.execPath(),
    // Without a config file: the folder may have one of another project.
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
